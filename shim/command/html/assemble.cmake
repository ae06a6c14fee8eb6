# SPDX-License-Identifier: MIT
# The HTML report in one file, with one placeholder for the results:
#   cmake -DOUTPUT=… -DSOURCES=this folder -DLIBRARY=d3.min.js -DSCRIPTS=a.js,b.js,… -DVERSION=… -P assemble.cmake
# The scripts run only with the hashes that the report names, so that nothing in the results can become one.

# hash_source(RESULT TEXT): 'sha256-…' as a content security policy has it, in base64 of the digest's bytes.
function(hash_source result text)
    set(alphabet ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/)
    string(SHA256 digest "${text}")
    set(encoded "")
    # 64 digits and two zeros are 11 groups of 24 bits; the last group has 16 bits to tell.
    foreach(first RANGE 0 60 6)
        string(SUBSTRING "${digest}00" ${first} 6 group)
        math(EXPR bits "0x${group}")
        foreach(shift 18 12 6 0)
            math(EXPR index "(${bits} >> ${shift}) & 63")
            string(SUBSTRING ${alphabet} ${index} 1 letter)
            string(APPEND encoded ${letter})
        endforeach()
    endforeach()
    string(SUBSTRING ${encoded} 0 43 encoded)
    set(${result} "sha256-${encoded}=" PARENT_SCOPE)
endfunction()

# fill(NAME TEXT): puts the text in the place of @NAME@.
function(fill name text)
    string(REPLACE "@${name}@" "${text}" filled "${report}")
    set(report "${filled}" PARENT_SCOPE)
endfunction()

file(READ ${SOURCES}/report.html report)
file(READ ${SOURCES}/style.css style)
file(READ ${SOURCES}/d3-licence.txt licence)
file(READ ${LIBRARY} library)
set(library "/*\n${licence}*/\n${library}")

set(script "\"use strict\";\n(() => {\n")
string(REPLACE "," ";" names "${SCRIPTS}")
foreach(name IN LISTS names)
    file(READ ${SOURCES}/${name} part)
    string(APPEND script "${part}")
endforeach()
string(APPEND script "})();\n")

foreach(text library script style)
    string(REGEX MATCH "</[sS]|<!--|@RESULTS@" stray "${${text}}")
    if(stray)
        message(FATAL_ERROR "the report's ${text} holds '${stray}', which would end it early")
    endif()
endforeach()

hash_source(style_hash "${style}")
hash_source(library_hash "${library}")
hash_source(script_hash "${script}")
fill(VERSION "${VERSION}")
fill(STYLE_HASH "${style_hash}")
fill(LIBRARY_HASH "${library_hash}")
fill(SCRIPT_HASH "${script_hash}")
fill(STYLE "${style}")
fill(SCRIPT "${script}")
fill(LIBRARY "${library}")
file(WRITE ${OUTPUT} "${report}")
