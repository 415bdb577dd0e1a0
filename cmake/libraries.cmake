# The libraries we use, each under one name, counsel_deps::NAME, whatever way the distribution offers it.
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)

function(counsel_interface name)
  add_library(counsel_deps_${name} INTERFACE)
  add_library(counsel_deps::${name} ALIAS counsel_deps_${name})
endfunction()

function(counsel_pkg name module)
  pkg_check_modules(pkg_${name} REQUIRED IMPORTED_TARGET ${module})
  counsel_interface(${name})
  target_link_libraries(counsel_deps_${name} INTERFACE PkgConfig::pkg_${name})
endfunction()

# Asio and Beast are headers only. One awaitable header is compiled by nearly every file: no deprecated names, no
# separate compilation.
find_package(Boost 1.74 REQUIRED)
counsel_interface(asio)
target_link_libraries(counsel_deps_asio INTERFACE Boost::headers Threads::Threads)
target_compile_definitions(counsel_deps_asio INTERFACE BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_DISABLE_BOOST_COROUTINE)

counsel_pkg(sqlite sqlite3)
counsel_pkg(nettle nettle)
counsel_pkg(hogweed hogweed)
counsel_pkg(curl libcurl)
counsel_pkg(utf8proc libutf8proc)

find_package(spdlog REQUIRED)
counsel_interface(spdlog)
target_link_libraries(counsel_deps_spdlog INTERFACE spdlog::spdlog)

find_package(nlohmann_json REQUIRED)
counsel_interface(json)
target_link_libraries(counsel_deps_json INTERFACE nlohmann_json::nlohmann_json)

# toml++ and CLI11 are headers only; their CMake packages are missing in some distributions.
find_path(TOMLPLUSPLUS_INCLUDE toml++/toml.h REQUIRED)
counsel_interface(toml)
target_include_directories(counsel_deps_toml INTERFACE "${TOMLPLUSPLUS_INCLUDE}")
find_path(CLI11_INCLUDE CLI/CLI.hpp REQUIRED)
counsel_interface(cli)
target_include_directories(counsel_deps_cli INTERFACE "${CLI11_INCLUDE}")
find_path(EXPECTED_INCLUDE tl/expected.hpp REQUIRED)
counsel_interface(expected)
target_include_directories(counsel_deps_expected INTERFACE "${EXPECTED_INCLUDE}")

if(COUNSEL_TESTS)
  find_package(GTest REQUIRED)
  counsel_interface(gtest)
  # gmock too: its matchers make tests read as sentences.
  find_library(GMOCK gmock REQUIRED)
  target_link_libraries(counsel_deps_gtest INTERFACE ${GMOCK} GTest::gtest GTest::gtest_main)
endif()
