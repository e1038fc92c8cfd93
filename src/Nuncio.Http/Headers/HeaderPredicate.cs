namespace Nuncio.Http.Headers;

/// <summary>Picks headers; must be static (a static lambda is made once), what it needs comes in <paramref name="state"/>.</summary>
public delegate bool HeaderPredicate<TState>(TState state, HeaderField field)
    where TState : allows ref struct;
