# reef_embed(out FOLDER folder HEADER header FUNCTION name): writes a source file that holds every file below a folder as
# text, and puts its path in `out`. It defines `std::span<const EmbeddedFile> <name>()`, sorted by path, in reef::ops; the
# header declares both. Texts must not contain `)reef_embedded"`.
function(reef_embed out)
  cmake_parse_arguments(arg "" "FOLDER;HEADER;FUNCTION" "" ${ARGN})
  file(GLOB_RECURSE files CONFIGURE_DEPENDS RELATIVE ${arg_FOLDER} ${arg_FOLDER}/*)
  list(SORT files)
  set(entries "")
  foreach(file ${files})
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${arg_FOLDER}/${file})
    file(READ ${arg_FOLDER}/${file} text)
    string(APPEND entries "    {\"${file}\", R\"reef_embedded(${text})reef_embedded\"},\n")
  endforeach()
  set(source ${CMAKE_CURRENT_BINARY_DIR}/${arg_FUNCTION}.cpp)
  file(CONFIGURE OUTPUT ${source} @ONLY CONTENT [[
#include "@arg_HEADER@"

namespace reef::ops {
namespace {
constexpr EmbeddedFile kFiles[] = {
@entries@};
}  // namespace

std::span<const EmbeddedFile> @arg_FUNCTION@() { return kFiles; }

}  // namespace reef::ops
]])
  set(${out} ${source} PARENT_SCOPE)
endfunction()
