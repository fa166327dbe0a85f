#pragma once

// Prints what the load generator itself costs with a library that does nothing, beside MLPerf LoadGen 6.0.17
// as it was measured on another day, and beside a bare sleep in this run.
void load_of_a_library(const char* self);
