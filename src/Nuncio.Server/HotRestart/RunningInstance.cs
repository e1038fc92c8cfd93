namespace Nuncio.Server.HotRestart;

/// <summary>A running instance, as it told <see cref="UpgradeCommand"/>. Immutable.</summary>
/// <param name="Process">Process id.</param>
/// <param name="Epoch">Its epoch.</param>
/// <param name="BaseId">Its base id.</param>
/// <param name="Folder">Its working directory, to which paths of its command line are relative.</param>
/// <param name="Arguments">Its command line without the executable.</param>
internal sealed record RunningInstance(long Process, long Epoch, long BaseId, string Folder, IReadOnlyList<string> Arguments)
{
    internal static RunningInstance None { get; } = new(0, -1, 0, "", []);

    /// <summary>Asks; null where no answer comes.</summary>
    internal static RunningInstance? Ask(RestartChannel channel)
    {
        channel.Writer.Begin(RestartMessage.GetStatus);
        if (!channel.TrySend(RestartProtocol.Patience))
        {
            return null;
        }

        var answer = new MessageReader(channel.Receive([], RestartProtocol.Patience));
        if (answer.Kind != RestartMessage.Status)
        {
            return null;
        }

        long process = answer.Number();
        long epoch = answer.Number();
        long baseId = answer.Number();
        string folder = answer.Text();
        var arguments = new List<string>();
        while (answer.HasMore)
        {
            arguments.Add(answer.Text());
        }

        return answer.IsWrong ? null : new RunningInstance(process, epoch, baseId, folder, arguments);
    }
}
