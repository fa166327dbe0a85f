// The compiled part of fmt, from its own headers. Debian has it as a shared library only, which brings a
// shared libstdc++ with it; without the two a start of `reef` takes a quarter less.
#include <fmt/format-inl.h>

FMT_BEGIN_NAMESPACE
namespace detail {
template auto locale_ref::get<std::locale>() const -> std::locale;
template auto thousands_sep_impl(locale_ref) -> thousands_sep_result<char>;
template auto decimal_point_impl(locale_ref) -> char;
}  // namespace detail
FMT_END_NAMESPACE
