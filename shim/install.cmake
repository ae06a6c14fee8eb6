# SPDX-License-Identifier: MIT
# Installing, and the tarball. Both flavours and one command fit under one prefix.
configure_file(mshim.pc.in ${PROJECT_BINARY_DIR}/mshim.pc @ONLY)
install(TARGETS mshim LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/mshim/${MSHIM_LIBC})
install(TARGETS mshim_command RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES ${PROJECT_BINARY_DIR}/mshim.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${PROJECT_SOURCE_DIR}/include/mshim.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/mshim DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(FILES ${PROJECT_BINARY_DIR}/mshim.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
set(licences ${CMAKE_INSTALL_DATADIR}/licenses/mshim)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${licences} RENAME mshim)
install(FILES ${MSHIM_MIMALLOC_SOURCE}/LICENSE DESTINATION ${licences} RENAME mimalloc)
install(FILES ${MSHIM_JEMALLOC_SOURCE}/COPYING DESTINATION ${licences} RENAME jemalloc)
install(FILES ${MSHIM_MUSL_SOURCE}/COPYRIGHT DESTINATION ${licences} RENAME musl)
install(FILES ${MSHIM_ZYDIS_SOURCE}/LICENSE DESTINATION ${licences} RENAME zydis)
install(FILES ${MSHIM_ZYCORE_SOURCE}/LICENSE DESTINATION ${licences} RENAME zycore)

# A tarball to unpack in an image: the library of this libc, the command, the manual, the licences.
set(dist mshim-${PROJECT_VERSION}-${MSHIM_LIBC}-${CMAKE_SYSTEM_PROCESSOR})
add_custom_target(dist
    COMMAND ${CMAKE_COMMAND} -E rm -rf ${dist} ${dist}.tar.gz
    COMMAND ${CMAKE_COMMAND} --install . --prefix ${dist} --strip
    COMMAND ${CMAKE_COMMAND} -E rename ${dist}/${CMAKE_INSTALL_LIBDIR}/mshim/${MSHIM_LIBC}/libmshim.so ${dist}/libmshim.so
    COMMAND ${CMAKE_COMMAND} -E rm -rf ${dist}/${CMAKE_INSTALL_LIBDIR} ${dist}/${CMAKE_INSTALL_INCLUDEDIR}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${dist}/lib
    COMMAND ${CMAKE_COMMAND} -E rename ${dist}/libmshim.so ${dist}/lib/libmshim.so
    COMMAND ${CMAKE_COMMAND} -E tar czf ${dist}.tar.gz ${dist}
    DEPENDS mshim mshim_command manual_page
    WORKING_DIRECTORY ${PROJECT_BINARY_DIR}
    VERBATIM)
