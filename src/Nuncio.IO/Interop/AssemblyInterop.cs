using System.Runtime.CompilerServices;

// Every native signature here is blittable; without marshalling stubs a call costs only the transition.
[assembly: DisableRuntimeMarshalling]
