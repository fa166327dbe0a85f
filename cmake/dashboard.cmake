# reef_dashboard(out): puts in `out` the path of a C++ file that holds the page of `reef dashboard`, which node builds from
# dashboard/. Without node, or before scripts/setup.sh fetched its modules, that file holds no page: the program says so
# when it is asked for one. Nothing is downloaded here.
function(reef_dashboard out)
  set(folder ${PROJECT_SOURCE_DIR}/dashboard)
  set(built ${PROJECT_BINARY_DIR}/dashboard)
  find_program(REEF_NODE NAMES node nodejs)
  file(GLOB modules CONFIGURE_DEPENDS ${folder}/node_modules/.package-lock.json)
  if(REEF_NODE AND modules)
    file(GLOB sources CONFIGURE_DEPENDS ${folder}/src/*)
    add_custom_command(
      OUTPUT ${built}/page.cpp ${built}/page.html
      COMMAND ${REEF_NODE} ${folder}/build.js ${built}
      DEPENDS ${sources} ${folder}/build.js ${modules}
      COMMENT "Building the dashboard's page" VERBATIM)
    set(page ${built}/page.cpp)
  else()
    message(STATUS "The dashboard's page is left out: node or dashboard/node_modules is missing (scripts/setup.sh)")
    set(page ${built}/no_page.cpp)
    file(CONFIGURE OUTPUT ${page} @ONLY CONTENT [[
#include <string_view>

namespace reef::ops {
std::string_view embedded_dashboard() { return {}; }
}  // namespace reef::ops
]])
  endif()
  set(${out} ${page} PARENT_SCOPE)
endfunction()
