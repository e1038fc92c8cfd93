using Nuncio.Testing.Fuzzing;
using Nuncio.Testing.Http;

// Usage: Nuncio.Fuzz.Http1 <corpus directory> [seconds] [seed]
// Checks every invariant of Http1Fuzz; what happens to an input that breaks one is in FuzzLoop.
return FuzzLoop.Run("Nuncio.Fuzz.Http1", args, Http1Fuzz.Mutate, Http1Fuzz.Check);
