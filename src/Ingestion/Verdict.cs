namespace Cairn.Ingestion;

/// <summary>What became of one submitted record.</summary>
/// <param name="Reason"><see cref="RejectReason.None"/>: accepted.</param>
/// <param name="Field">The wire name at fault, as the sender spelled it ("properties.time"); empty where no field is.</param>
/// <param name="Quietly">Turned away on purpose and not the sender's fault (opted out, suppressed): answered as accepted.</param>
public readonly record struct Verdict(RejectReason Reason, string Field, bool Quietly = false)
{
    public bool IsAccepted => Reason == RejectReason.None;

    /// <summary>Whether the sender is told that it went well.</summary>
    public bool CountsAsAccepted => IsAccepted || Quietly;

    public static Verdict Accepted => new(RejectReason.None, "");
}
