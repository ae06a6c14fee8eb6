# SPDX-License-Identifier: MIT
# Files to relink, and relinked ones, changed at random for some seconds (minutes with MSHIM_TEST_FULL).
set(fuzz_programs ${CMAKE_CURRENT_SOURCE_DIR}/relink/programs)
set(fuzz_seeds)

# fuzz_seed(NAME SOURCE FLAG…): a small library, and the same relinked
function(fuzz_seed name source)
    set(seed ${subjects}/fuzz_${name}.so)
    add_custom_command(OUTPUT ${seed} ${seed}.relinked
        COMMAND ${CMAKE_C_COMPILER} -DLIBRARY -O2 -fPIC -shared -Wl,-z,noseparate-code ${ARGN} -o ${seed} ${fuzz_programs}/${source}.c
        COMMAND $<TARGET_FILE:mshim_command> relink -o ${seed}.relinked ${seed} > ${seed}.report
        DEPENDS ${fuzz_programs}/${source}.c mshim_command VERBATIM)
    list(APPEND fuzz_seeds ${seed} ${seed}.relinked)
    set(fuzz_seeds ${fuzz_seeds} PARENT_SCOPE)
endfunction()

fuzz_seed(calls own_functions)
fuzz_seed(calls_by_second_plt own_functions -fcf-protection=full -Wl,-z,ibtplt)
fuzz_seed(calls_without_unwinding own_functions -fno-asynchronous-unwind-tables -s)
fuzz_seed(tls thread_local_variables)
fuzz_seed(block two_of_one_block -fno-plt)
fuzz_seed(local_dynamic local_dynamic)
fuzz_seed(local_dynamic_in_padding local_dynamic -DOTHERS -DPADDING)
fuzz_seed(weak weak_functions)

file(GLOB fuzzed CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/shim/command/relink/*.c)
add_custom_target(fuzz_seeds DEPENDS ${fuzz_seeds})
add_executable(fuzz_relink relink/fuzz/driver.c relink/fuzz/target.c ${fuzzed})
set_source_files_properties(${fuzzed} PROPERTIES COMPILE_OPTIONS -fsanitize-coverage=trace-pc)
target_compile_options(fuzz_relink PRIVATE -O1)
target_link_libraries(fuzz_relink PRIVATE zydis)
add_dependencies(fuzz_relink fuzz_seeds)
mshim_test(relink.fuzz relink 600 fuzz_relink 8 300 ${fuzz_seeds})
