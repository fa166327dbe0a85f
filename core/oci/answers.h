#pragma once

#include <string>
#include <string_view>

#include "core/os/http.h"

// What is said about answers of registries that are not what was asked for. `doing`: what was being done, as
// it reads after "cannot": "push `oci://host/a/b:1.0`".
namespace reef::oci {

// What is read of one that is no blob, manifest or list.
inline constexpr std::size_t kLargestAnswer = std::size_t{1} << 20U;

// A status that means no: not_found for 404, else network. Tells what the registry said (distribution-spec,
// "error codes"), and that a web page is no registry.
Error answer_error(std::string_view doing, const HttpDocument& answer);
// The codes that the registry gave as its reasons, as "DIGEST_INVALID"; empty when it gave none.
std::string reason_code(const HttpDocument& answer);

// A status that means yes, with something else than what belongs to it.
Error not_an_answer(std::string_view doing, const HttpDocument& answer);

// No answer at all.
Error unreachable_error(std::string_view doing, const HttpResponse& response);

}  // namespace reef::oci
