using Cairn.Storage.Erasure;

namespace Cairn.Projects.Privacy;

/// <summary>One way through all places, for all requests of a project that had begun when it started. Kept after each step, so that it goes on where it was killed.</summary>
/// <param name="Id">32 hexadecimal digits; its commits carry it.</param>
/// <param name="Step">The step that is next.</param>
/// <param name="VisibleAt">From when on every process knows of the requests.</param>
/// <param name="StreamEnds">By partition, the last message sent before then; null before it was asked.</param>
/// <param name="Rounds">How often it had to go through the files again, for the scan found something.</param>
/// <param name="Unreadable">Dead letters that hold an id and can't be taken apart.</param>
public sealed record ErasurePass(
    string Id,
    string ProjectId,
    IReadOnlyList<string> ErasureIds,
    ErasureStep Step,
    DateTimeOffset VisibleAt,
    IReadOnlyList<long>? StreamEnds,
    IReadOnlyList<RemovedRows> Removed,
    int Rounds,
    IReadOnlyList<string> Unreadable);

/// <summary>The steps, in their order. Stored by name.</summary>
public enum ErasureStep
{
    /// <summary>The duplicate keys of what will go are kept, so that copies that come later are known.</summary>
    Keys,

    /// <summary>Every process knows of the requests and the keys; then the stream's ends are noted.</summary>
    Visible,

    /// <summary>Consumers have passed those ends: what they store from now on is without the people.</summary>
    Consumed,

    /// <summary>The spool and the dead letters.</summary>
    Messages,

    /// <summary>Recent files, and the tables.</summary>
    Files,

    /// <summary>Look-up rows, once more: a consumer may have brought some back that were on their way.</summary>
    LookUps,

    /// <summary>What the stores of one machine still hold of deleted things.</summary>
    Traces,

    /// <summary>The scan, and the receipts.</summary>
    Scan,
}
