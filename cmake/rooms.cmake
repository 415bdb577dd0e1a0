# A room is a folder of src/ with one static library, its unit tests beside its code, and a list of the rooms it may see.
#
#   counsel_room(search SEES base store LIBRARIES counsel_deps::sqlite)
#
# Every .cc of the folder belongs to the room, but *_test.cc, which become the program <room>_test. A room that includes
# a header of a room it does not see fails to build (cmake/check_room.cmake).
include(CTest)

function(counsel_check_sees name folder sees)
  file(GLOB sources CONFIGURE_DEPENDS "${folder}/*.cc" "${folder}/*.h")
  set(stamp "${CMAKE_BINARY_DIR}/rooms/${name}.stamp")
  add_custom_command(OUTPUT "${stamp}"
    COMMAND ${CMAKE_COMMAND} "-DROOM=${name}" "-DFOLDER=${folder}" "-DSEES=${sees}" "-DSTAMP=${stamp}"
            "-DALL_ROOMS_AT=${CMAKE_SOURCE_DIR}/src" -P "${CMAKE_SOURCE_DIR}/cmake/check_room.cmake"
    DEPENDS ${sources} "${CMAKE_SOURCE_DIR}/cmake/check_room.cmake"
    VERBATIM)
  add_custom_target(${name}_sees DEPENDS "${stamp}")
endfunction()

function(counsel_tests name folder)
  if(NOT COUNSEL_TESTS)
    return()
  endif()
  file(GLOB tests CONFIGURE_DEPENDS "${folder}/*_test.cc")
  if(tests)
    add_executable(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE ${ARGN} counsel_deps::gtest)
    add_test(NAME ${name}_test COMMAND ${name}_test)
  endif()
endfunction()

function(counsel_room name)
  cmake_parse_arguments(ROOM "" "" "SEES;LIBRARIES" ${ARGN})
  set(folder "${CMAKE_CURRENT_SOURCE_DIR}")
  file(GLOB sources CONFIGURE_DEPENDS "${folder}/*.cc")
  list(FILTER sources EXCLUDE REGEX "_test\\.cc$")
  # main.cc belongs to a program, not to the room's library.
  list(FILTER sources EXCLUDE REGEX "/main\\.cc$")
  list(TRANSFORM ROOM_SEES PREPEND counsel_ OUTPUT_VARIABLE seen)
  if(NOT sources)
    # Headers only.
    add_library(counsel_${name} INTERFACE)
    target_link_libraries(counsel_${name} INTERFACE ${seen} ${ROOM_LIBRARIES})
    return()
  endif()
  add_library(counsel_${name} STATIC ${sources})
  target_include_directories(counsel_${name} PUBLIC "${CMAKE_SOURCE_DIR}/src")
  target_link_libraries(counsel_${name} PUBLIC ${seen} ${ROOM_LIBRARIES})
  counsel_check_sees(${name} "${folder}" "${ROOM_SEES}")
  add_dependencies(counsel_${name} ${name}_sees)
  counsel_tests(${name} "${folder}" counsel_${name})
endfunction()
