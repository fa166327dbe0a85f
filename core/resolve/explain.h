#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/resolve/encoder.h"

namespace reef::resolve {

// The facts from which a derivation follows: learnt clauses are replaced by what they were learnt from.
std::vector<ClauseId> facts_behind(const Engine& engine, std::span<const ClauseId> derivation);

// Facts that have no solution together, none of which can be left out (unless they are very many).
std::vector<ClauseId> minimised(const Encoder& encoder, std::vector<ClauseId> facts);

// The proof that these facts have no solution, in words.
Conflict explain(Encoder& encoder, const std::vector<ClauseId>& facts);

}  // namespace reef::resolve
