# SPDX-License-Identifier: MIT
# The build checks the library that it made, so that no toolchain gives one that is silently slower, or that one of the two
# loaders refuses. Included where the target `mshim` is made.
set(verify_dir ${CMAKE_CURRENT_LIST_DIR})
foreach(tool NM READELF STRIP)
    if(NOT CMAKE_${tool})
        string(TOLOWER ${tool} tool)
        list(APPEND missing_tools ${tool})
    endif()
endforeach()
if(missing_tools)
    list(JOIN missing_tools ", " missing_tools)
    message(FATAL_ERROR "not found: ${missing_tools}. The build needs them to check the library (package binutils).")
endif()

# Run with the library preloaded, where there is the loader that it asks for.
add_executable(verify_preloaded ${verify_dir}/preloaded.c)
target_compile_options(verify_preloaded PRIVATE -O1 -fno-builtin)
target_compile_definitions(verify_preloaded PRIVATE ON_${MSHIM_LIBC})
target_link_libraries(verify_preloaded PRIVATE ${CMAKE_DL_LIBS})
add_dependencies(mshim verify_preloaded)

set(verify_tables ${PROJECT_SOURCE_DIR}/include/mshim/functions.def)
if(MSHIM_LIBC STREQUAL musl)
    list(APPEND verify_tables ${PROJECT_SOURCE_DIR}/include/mshim/memory_functions.def
        ${PROJECT_SOURCE_DIR}/shim/library/libc/strftime/functions.def
        ${PROJECT_SOURCE_DIR}/shim/library/libc/snprintf/functions.def)
endif()
set_property(TARGET mshim APPEND PROPERTY LINK_DEPENDS ${verify_tables} ${verify_dir}/library.cmake
    ${verify_dir}/libc_symbols.txt)
list(JOIN verify_tables "," verify_tables)
add_custom_command(TARGET mshim POST_BUILD
    COMMAND ${CMAKE_COMMAND} -DLIBRARY=$<TARGET_FILE:mshim> -DPROGRAM=$<TARGET_FILE:verify_preloaded> -DMAP=${exports}
        -DTABLES=${verify_tables} -DALLOWED=${verify_dir}/libc_symbols.txt -DNM=${CMAKE_NM} -DREADELF=${CMAKE_READELF}
        -DCROSSED=$<BOOL:${CMAKE_CROSSCOMPILING}> -P ${verify_dir}/library.cmake
    VERBATIM)
