using System.Buffers;
using Cairn.Model;

namespace Cairn.Ingestion;

/// <summary>
/// All records of one request: the items translated from them and a verdict for each record. A translator fills it, the
/// stages judge it, publishing takes what is left; one object carries a request through the door.
/// </summary>
/// <remarks>
/// Items' texts are slices of the request's body or of <see cref="Scratch"/>: both live until <see cref="Dispose"/>. Not thread-safe.
/// <code>
/// using var batch = new ItemBatch(Dialect.Mixpanel, receivedAtMs);
/// batch.BeginRecord();                         // a wire record
/// ref var item = ref batch.Add(ItemKind.Event); // valid until the next Add
/// item.Name = …;
/// batch.Reject(RejectReason.MissingName, "event"); // the current record, whole
/// </code>
/// </remarks>
public sealed class ItemBatch : IDisposable
{
    readonly List<IngestProject> projects = [];
    readonly ulong idHigh;
    readonly uint idLow;
    Item[] items = ArrayPool<Item>.Shared.Rent(16);
    Verdict[] verdicts = ArrayPool<Verdict>.Shared.Rent(16);
    int itemCount;

    /// <summary>Begins an empty batch, with fresh random bits for its item ids.</summary>
    /// <param name="dialect">Whose endpoint it came in by.</param>
    /// <param name="receivedAtMs">Unix milliseconds.</param>
    public ItemBatch(Dialect dialect, long receivedAtMs)
    {
        Dialect = dialect;
        ReceivedAtMs = receivedAtMs;
        (idHigh, idLow) = RandomBits.Next();
    }

    public Dialect Dialect { get; }

    /// <summary>When the door read the request, Unix milliseconds.</summary>
    public long ReceivedAtMs { get; }

    /// <summary>Memory for texts that are no slice of the body: unescaped, decoded, composed.</summary>
    public ByteArena Scratch { get; } = new();

    /// <summary>How many wire records were begun.</summary>
    public int RecordCount { get; private set; }

    /// <summary>All items in the order of adding, those of rejected records included.</summary>
    public Span<Item> Items => items.AsSpan(0, itemCount);

    /// <summary>A verdict a record, in the order of the request.</summary>
    public ReadOnlySpan<Verdict> Verdicts => verdicts.AsSpan(0, RecordCount);

    /// <summary>The projects that items' <see cref="Item.ProjectIndex"/> point into.</summary>
    public IReadOnlyList<IngestProject> Projects => projects;

    /// <summary>
    /// The project that the request's own credentials decided; null where each record's token does. Set by the endpoint before the stages run.
    /// </summary>
    public IngestProject? RequestProject { get; set; }

    /// <summary>What this endpoint demands beyond the common rules; set by the endpoint.</summary>
    public DoorRules Rules { get; set; } = DoorRules.Lenient;

    /// <summary>Begins the next wire record, accepted so far; gives its index, from 0.</summary>
    public int BeginRecord()
    {
        if (RecordCount == verdicts.Length) Grow(ref verdicts, RecordCount);
        verdicts[RecordCount] = Verdict.Accepted;
        return RecordCount++;
    }

    /// <summary>Adds an item to the current record; the reference is valid until the next call.</summary>
    public ref Item Add(ItemKind kind)
    {
        if (itemCount == items.Length) Grow(ref items, itemCount);
        ref var item = ref items[itemCount];
        item = default;
        item.Kind = kind;
        item.Dialect = Dialect;
        item.RecordIndex = RecordCount - 1;
        item.Id = new(idHigh, idLow, itemCount);
        item.ReceivedAtMs = ReceivedAtMs;
        itemCount++;
        return ref item;
    }

    /// <summary>Rejects the current record.</summary>
    public void Reject(RejectReason reason, string field) => Reject(RecordCount - 1, reason, field);

    /// <summary>Rejects a record; the first reason stays.</summary>
    public void Reject(int recordIndex, RejectReason reason, string field, bool quietly = false)
    {
        if (verdicts[recordIndex].IsAccepted) verdicts[recordIndex] = new(reason, field, quietly);
    }

    /// <summary>Whether a record has not been rejected.</summary>
    public bool IsAccepted(int recordIndex) => verdicts[recordIndex].IsAccepted;

    /// <summary>How many records were not rejected.</summary>
    public int AcceptedCount
    {
        get
        {
            var count = 0;
            foreach (ref readonly var verdict in Verdicts)
                if (verdict.CountsAsAccepted) count++;
            return count;
        }
    }

    /// <summary>The index of a project in <see cref="Projects"/>, added where new.</summary>
    public int IndexOf(IngestProject project)
    {
        var index = projects.IndexOf(project);
        if (index >= 0) return index;
        projects.Add(project);
        return projects.Count - 1;
    }

    /// <summary>Gives the pooled memory back; no slice of <see cref="Scratch"/> may be used afterwards.</summary>
    public void Dispose()
    {
        ArrayPool<Item>.Shared.Return(items, clearArray: true);
        ArrayPool<Verdict>.Shared.Return(verdicts, clearArray: true);
        items = [];
        verdicts = [];
        itemCount = RecordCount = 0;
        Scratch.Dispose();
    }

    static void Grow<T>(ref T[] array, int count)
    {
        var larger = ArrayPool<T>.Shared.Rent(array.Length * 2);
        array.AsSpan(0, count).CopyTo(larger);
        ArrayPool<T>.Shared.Return(array, clearArray: true);
        array = larger;
    }
}
