# What every target of the project shares: the language, warnings, layers and unit tests.
include(GNUInstallDirs)
include(${CMAKE_CURRENT_LIST_DIR}/embed.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/dashboard.cmake)

option(REEF_TESTS "Build the tests" ON)
option(REEF_WERROR "Treat warnings as errors" OFF)
option(REEF_FUZZ "Build the fuzz targets (clang only)" OFF)
set(REEF_SANITIZE "" CACHE STRING "Sanitizers, e.g. address,undefined")

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "" FORCE)
endif()

find_program(REEF_CCACHE ccache)
if(REEF_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${REEF_CCACHE})
endif()

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(tl-expected REQUIRED)

add_library(reef_options INTERFACE)
target_include_directories(reef_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(reef_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast -Wnon-virtual-dtor
  -Woverloaded-virtual
  $<$<CXX_COMPILER_ID:GNU>:-Wduplicated-cond -Wlogical-op -Wuseless-cast -Wno-maybe-uninitialized -Wno-restrict>
  # Several files in one unit: the units then define types by anonymous ones, each once.
  $<$<AND:$<BOOL:${CMAKE_UNITY_BUILD}>,$<CXX_COMPILER_ID:GNU>>:-Wno-subobject-linkage>
  $<$<BOOL:${REEF_WERROR}>:-Werror>)
if(REEF_SANITIZE)
  # Two of the undefined behaviours take a third of the compilation: vptr, though no class is cast down here, and object-size,
  # whose overruns the address sanitizer sees.
  target_compile_options(reef_options INTERFACE -fsanitize=${REEF_SANITIZE} -fno-omit-frame-pointer
    -fno-sanitize-recover=all $<$<CXX_COMPILER_ID:Clang>:-fno-sanitize=vptr,object-size>)
  target_link_options(reef_options INTERFACE -fsanitize=${REEF_SANITIZE})
endif()

# reef_find_library(target name MODULE module): the imported target of a library that pkg-config knows as `module`; the static
# one where there is one. A shared library is read and relocated at every start of `reef`, needed or not: libcrypto alone
# costs 1 to 2 ms of that, where the few functions that hash are 25 kB.
function(reef_find_library target name)
  cmake_parse_arguments(arg "" "MODULE" "" ${ARGN})
  pkg_check_modules(${arg_MODULE} REQUIRED ${arg_MODULE})
  find_library(${target}_file NAMES lib${name}.a ${name} HINTS ${${arg_MODULE}_LIBRARY_DIRS} REQUIRED)
  add_library(${target} UNKNOWN IMPORTED GLOBAL)
  set_target_properties(${target} PROPERTIES IMPORTED_LOCATION ${${target}_file})
  target_include_directories(${target} SYSTEM INTERFACE ${${arg_MODULE}_INCLUDE_DIRS})
endfunction()

# reef_layer(name [COLD] [FUZZED] SOURCES file... [DEPENDS layer...] [LIBRARIES target...] [HEADERS_OF target...])
# One static library `reef_<name>` for a folder of core/ or for cli/; it sees only the layers it names. Libraries under
# HEADERS_OF are compiled against but not linked: the layer loads them when it first needs them. COLD: what waits for
# files and other programs; a release optimises it less and takes a quarter of the time less to compile it. FUZZED: a fuzz
# target reads with it, so that it is instrumented for that and optimised under a sanitizer, too.
function(reef_layer name)
  cmake_parse_arguments(arg "COLD;FUZZED" "" "SOURCES;DEPENDS;LIBRARIES;HEADERS_OF" ${ARGN})
  add_library(reef_${name} STATIC ${arg_SOURCES})
  # Presets that build from nothing compile a layer in as few units as memory allows (a unit of 40 files takes 1.2 GB), of
  # equal size.
  list(LENGTH arg_SOURCES files)
  math(EXPR units "(${files} + 39) / 40")
  math(EXPR files_in_unit "(${files} + ${units} - 1) / ${units}")
  set_target_properties(reef_${name} PROPERTIES UNITY_BUILD_BATCH_SIZE ${files_in_unit})
  list(TRANSFORM arg_DEPENDS PREPEND reef_)
  target_link_libraries(reef_${name} PUBLIC reef_options ${arg_DEPENDS} ${arg_LIBRARIES})
  if(arg_COLD)
    target_compile_options(reef_${name} PRIVATE $<$<CONFIG:Release>:-Og>)
  endif()
  if(arg_FUZZED)
    target_compile_options(reef_${name} PRIVATE $<$<BOOL:${REEF_FUZZ}>:-fsanitize=fuzzer-no-link>)
  elseif(arg_COLD AND REEF_SANITIZE)
    target_compile_options(reef_${name} PRIVATE -O0)
  endif()
  foreach(library ${arg_HEADERS_OF})
    target_include_directories(reef_${name} SYSTEM PRIVATE $<TARGET_PROPERTY:${library},INTERFACE_INCLUDE_DIRECTORIES>)
  endforeach()
endfunction()

# reef_unit_tests(layer [HOT] SOURCES file... [LIBRARIES target...])
# One Catch2 program `unit_<layer>`; every TEST_CASE becomes a ctest. Under a sanitizer the program is one, for it takes longer
# to start than most cases do; but for os, whose cases look at their own process. It is not optimised there, but where the
# time goes into the tests' own code: HOT.
function(reef_unit_tests layer)
  cmake_parse_arguments(arg "HOT" "" "SOURCES;LIBRARIES" ${ARGN})
  add_executable(unit_${layer} ${arg_SOURCES})
  target_link_libraries(unit_${layer} PRIVATE reef_${layer} reef_test_support ${arg_LIBRARIES})
  target_compile_definitions(unit_${layer} PRIVATE REEF_TEST_DATA="${PROJECT_SOURCE_DIR}/tests/data")
  if(REEF_SANITIZE AND NOT arg_HOT)
    target_compile_options(unit_${layer} PRIVATE -O0)
  endif()
  add_dependencies(unit_tests unit_${layer})
  set(prefix "${layer}")
  if(REEF_SANITIZE)
    string(REGEX MATCH "^[a-z]+" sanitizer ${REEF_SANITIZE})
    set(prefix "${sanitizer} sanitizer: ${layer}")
  endif()
  if(REEF_SANITIZE AND NOT layer STREQUAL "os")
    add_test(NAME "${prefix}" COMMAND unit_${layer})
    # The longest begin first, so that none is left to run alone in the end.
    set_tests_properties("${prefix}" PROPERTIES LABELS unit COST 100)
  else()
    catch_discover_tests(unit_${layer} TEST_PREFIX "${prefix}: " PROPERTIES LABELS unit)
  endif()
endfunction()
