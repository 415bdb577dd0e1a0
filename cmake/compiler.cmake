# Flags for all our code: warnings are errors, the linker is mold and compiles go through ccache where they are there.
find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CCACHE}")
  set(CMAKE_C_COMPILER_LAUNCHER "${CCACHE}")
endif()
find_program(MOLD mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
  # What gcc calls cold (ends by exceptions, mostly) stands apart, as GNU ld does by itself: the pages that an idle daemon
  # has touched are 2.2 MB fewer.
  add_link_options(-Wl,-z,keep-text-section-prefix)
endif()
add_compile_options(-Wall -Wextra -Werror -fno-omit-frame-pointer)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # gcc bug 105651: "x" + std::to_string(n) is reported as overlapping memcpy.
  add_compile_options(-Wno-restrict $<$<COMPILE_LANGUAGE:CXX>:-Wno-mismatched-new-delete>)
endif()
if(COUNSEL_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  # Frames for profilers cost nothing measurable; sections let the linker drop what nobody calls.
  add_compile_options(-ffunction-sections -fdata-sections -D_FORTIFY_SOURCE=2 -fstack-protector-strong)
  add_link_options(-Wl,--gc-sections -Wl,-z,relro -Wl,-z,now)
endif()
if(COUNSEL_SANITIZE)
  string(REPLACE "," ";" sanitizers "${COUNSEL_SANITIZE}")
  foreach(sanitizer IN LISTS sanitizers)
    add_compile_options(-fsanitize=${sanitizer})
    add_link_options(-fsanitize=${sanitizer})
  endforeach()
  add_compile_options(-fno-sanitize-recover=all)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # What a sanitizer puts between two lines hides from gcc what the first has set: the warning is noise here (gcc's manual).
    add_compile_options(-Wno-maybe-uninitialized)
  endif()
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND "undefined" IN_LIST sanitizers)
    # gcc checks every pointer for these, in every line of every library's headers, and compiles half as fast. Where bytes of
    # strangers are read they stay (counsel_check_pointers). A null pointer ends in the address sanitizer all the same.
    add_compile_options(-fno-sanitize=null,alignment,vptr,object-size,pointer-overflow)
  endif()
  if("thread" IN_LIST sanitizers)
    # Asio uses fences that the thread sanitizer does not model.
    add_compile_options(-Wno-tsan)
  endif()
endif()

function(counsel_check_pointers target)
  if("${COUNSEL_SANITIZE}" MATCHES "undefined" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(${target} PRIVATE -fsanitize=null,alignment,vptr,object-size,pointer-overflow)
  endif()
endfunction()
