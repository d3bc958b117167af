namespace Cairn.Ingestion.Consumer;

/// <summary>Why some bytes could not be used, and where they came from.</summary>
/// <param name="Source">
/// Where it stood, fit for a blob name, and so the same whenever it is found again: <see cref="OfMessage"/>, <see cref="OfItem"/>, or a spool blob's name.
/// </param>
/// <param name="Reason">What was expected and found; no property's value, for those are people's data.</param>
/// <param name="At">When the stream took it, or when it was found.</param>
public sealed record DeadLetter(string Source, string Reason, DateTimeOffset At)
{
    public static string OfMessage(string streamId, int partition, long seq) => $"{streamId}/{partition}/{seq:D20}";

    public static string OfItem(string streamId, int partition, long seq, int itemIndex) => $"{streamId}/{partition}/{seq:D20}-{itemIndex}";
}
