namespace Cairn.Ingestion;

/// <summary>What an endpoint demands of a record beyond the common rules; the stages read it.</summary>
/// <param name="RequiresTime">A record without a time is rejected rather than stamped with its receipt.</param>
/// <param name="RequiresInsertId">A record without an insert id is rejected.</param>
/// <param name="RejectsFuture">A time past receipt by more than <see cref="ClockTolerance"/> is rejected; otherwise it is set to the receipt.</param>
/// <param name="OldestAge">Events older than this at receipt are rejected; null: none is.</param>
/// <param name="RejectsBlockedIds">Ids that stand for nobody are an error; otherwise they count as no id.</param>
/// <param name="RequiresDistinctId">An event without any id is rejected; otherwise it belongs to nobody.</param>
/// <param name="TakesAllOrNothing">
/// One rejected record keeps the whole request from being stored; the verdicts of the others stay as they are. Source: Amplitude,
/// "HTTP V2 API": after a 400 its SDKs send all but the named events again.
/// </param>
public sealed record DoorRules(
    bool RequiresTime = false,
    bool RequiresInsertId = false,
    bool RejectsFuture = false,
    TimeSpan? OldestAge = null,
    bool RejectsBlockedIds = false,
    bool RequiresDistinctId = false,
    bool TakesAllOrNothing = false)
{
    /// <summary>How far a sender's clock may run ahead. Source: Mixpanel, "Import Events": times over an hour ahead are refused.</summary>
    public static readonly TimeSpan ClockTolerance = TimeSpan.FromHours(1);

    public static readonly DoorRules Lenient = new();
}
