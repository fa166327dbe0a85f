#include "core/os/libsodium.h"

#include "core/os/shared_library.h"

namespace reef {
namespace {

#ifdef __APPLE__
constexpr const char* kFiles[] = {"libsodium.23.dylib", "libsodium.26.dylib"};
#else
constexpr const char* kFiles[] = {"libsodium.so.23", "libsodium.so.26"};
#endif

Result<SodiumFunctions> find_sodium() {
  TRY(const SharedLibrary library,
      SharedLibrary::load({"libsodium", {std::begin(kFiles), std::end(kFiles)}, "libsodium23"}));
  SodiumFunctions found{};
  TRY_STATUS(library.find("sodium_init", found.init));
  TRY_STATUS(library.find("sodium_memzero", found.memzero));
  TRY_STATUS(library.find("sodium_memcmp", found.memcmp));
  TRY_STATUS(library.find("randombytes_buf", found.random));
  TRY_STATUS(library.find("crypto_sign_keypair", found.sign_keypair));
  TRY_STATUS(library.find("crypto_sign_detached", found.sign_detached));
  TRY_STATUS(library.find("crypto_sign_verify_detached", found.sign_verify_detached));
  TRY_STATUS(library.find("crypto_generichash", found.generichash));
  TRY_STATUS(library.find("crypto_generichash_init", found.generichash_init));
  TRY_STATUS(library.find("crypto_generichash_update", found.generichash_update));
  TRY_STATUS(library.find("crypto_generichash_final", found.generichash_final));
  TRY_STATUS(library.find("crypto_pwhash_scryptsalsa208sha256", found.pwhash_scrypt));
  if (found.init() < 0) return make_error(ErrorCode::io, "libsodium finds no source of random numbers");
  return found;
}

}  // namespace

Result<const SodiumFunctions*> load_libsodium() {
  static const Result<SodiumFunctions> functions = find_sodium();
  if (!functions) return tl::make_unexpected(functions.error());
  return &*functions;
}

}  // namespace reef
