#pragma once

#include <sodium.h>

#include "core/base/error.h"

namespace reef {

// The functions of libsodium that are used, without their prefix. Loaded by the first signature: few commands
// need it.
struct SodiumFunctions {
  decltype(&sodium_init) init;
  decltype(&sodium_memzero) memzero;
  decltype(&sodium_memcmp) memcmp;
  decltype(&randombytes_buf) random;
  decltype(&crypto_sign_keypair) sign_keypair;
  decltype(&crypto_sign_detached) sign_detached;
  decltype(&crypto_sign_verify_detached) sign_verify_detached;
  decltype(&crypto_generichash) generichash;
  decltype(&crypto_generichash_init) generichash_init;
  decltype(&crypto_generichash_update) generichash_update;
  decltype(&crypto_generichash_final) generichash_final;
  decltype(&crypto_pwhash_scryptsalsa208sha256) pwhash_scrypt;
};

// Loads and starts libsodium at the first call; all others, from any thread, wait for it and answer the same.
// not_found when it is not installed. The functions stay valid.
Result<const SodiumFunctions*> load_libsodium();

}  // namespace reef
