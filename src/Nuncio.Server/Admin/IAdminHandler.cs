namespace Nuncio.Server.Admin;

/// <summary>One endpoint of the admin server. Stateless apart from what it was made with; main thread. Listed in <see cref="AdminHandlers"/>.</summary>
internal interface IAdminHandler
{
    /// <summary>The path, without a query.</summary>
    string Path { get; }

    /// <summary>One line for <c>/help</c>.</summary>
    string Help { get; }

    /// <summary>Whether it changes something: then only POST is let through.</summary>
    bool Mutates => false;

    /// <summary>Query parameters it knows.</summary>
    IReadOnlyList<AdminParameter> Parameters => [];

    /// <summary>Answers a request.</summary>
    AdminReply Handle(AdminRequest request);
}
