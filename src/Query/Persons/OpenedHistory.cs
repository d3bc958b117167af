using System.Diagnostics;
using System.Runtime.CompilerServices;
using Cairn.Model.Identity;
using Cairn.Query.Definitions;
using Cairn.Query.Rows;
using Cairn.Query.Scanning;
using Cairn.Storage.Lake;
using Cairn.Storage.Rows;

namespace Cairn.Query.Persons;

/// <summary>A person's history at one moment, about to be read; may be read several times, in either order.</summary>
public sealed class OpenedHistory
{
    /// <summary>Entries that are put together at a time: what a reader who takes all of a long history holds.</summary>
    const int MaxBatch = 4_096;

    readonly OnePerson one;
    readonly HistorySource events, updates;
    readonly long? dataUpToMs;
    readonly long began;
    readonly ReadCount count;
    long rowsRead;

    internal OpenedHistory(OnePerson one, HistorySource events, HistorySource updates, long? dataUpToMs, long began, CacheUse use) =>
        (this.one, this.events, this.updates, this.dataUpToMs, this.began, count) = (one, events, updates, dataUpToMs, began, new(use));

    /// <summary>The id that all linked ids stand for.</summary>
    public string Person => one.Person;

    /// <summary>All ids that claims link; null where no claim names the id.</summary>
    public PersonIds? Ids => one.Ids;

    /// <summary>What was read until now.</summary>
    public Coverage Coverage => count.Covered(dataUpToMs, rowsRead, Stopwatch.GetElapsedTime(began));

    /// <summary>The entries asked for, in lists.</summary>
    /// <exception cref="RowFileGoneException">A file was deleted meanwhile: open the history anew.</exception>
    /// <exception cref="Filters.ExpressionException">A condition met a value it can't judge.</exception>
    public IAsyncEnumerable<IReadOnlyList<HistoryEntry>> ReadAsync(HistoryQuestion question, CancellationToken cancellationToken) =>
        question.Filter is { LooksAtEvents: true } filter ? ReadMatchingAsync(question, filter, cancellationToken) : ReadAllAsync(question, cancellationToken);

    /// <summary>Only the events that a filter lets through count for what is passed over and for the limit.</summary>
    async IAsyncEnumerable<IReadOnlyList<HistoryEntry>> ReadMatchingAsync(HistoryQuestion question, HistoryFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (skipped, taken) = (0L, 0L);
        var all = question with { Kinds = HistoryKinds.Events, Skip = 0, Limit = long.MaxValue };
        await foreach (var list in ReadAllAsync(all, cancellationToken))
        {
            var matching = new List<HistoryEntry>();
            foreach (var entry in list)
            {
                if (taken == question.Limit) break;
                if (!filter.Matches(entry.Event!.Value) || skipped++ < question.Skip) continue;
                matching.Add(entry);
                taken++;
            }
            if (matching.Count > 0) yield return matching;
            if (taken == question.Limit) yield break;
        }
    }

    async IAsyncEnumerable<IReadOnlyList<HistoryEntry>> ReadAllAsync(HistoryQuestion question, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        HistorySource[] sources = question.Kinds switch { HistoryKinds.Events => [events], HistoryKinds.Updates => [updates], _ => [events, updates] };
        var order = new HistoryOrder(sources, one.Person, question, column => IsWanted(question, column), count);
        var (batch, skipped, taken, counted) = (new List<PlacedRow>(), 0L, 0L, 0L);
        await foreach (var row in order.RowsAsync(cancellationToken))
        {
            if (skipped++ < question.Skip) continue;
            batch.Add(row);
            if (++taken >= question.Limit) break;
            if (batch.Count < MaxBatch) continue;
            rowsRead += order.RowsRead - counted;
            counted = order.RowsRead;
            yield return await MakeAsync(batch, question, cancellationToken);
            batch.Clear();
        }
        rowsRead += order.RowsRead - counted;
        if (batch.Count > 0) yield return await MakeAsync(batch, question, cancellationToken);
    }

    async Task<HistoryEntry[]> MakeAsync(List<PlacedRow> batch, HistoryQuestion question, CancellationToken cancellationToken)
    {
        var entries = new HistoryEntry[batch.Count];
        foreach (var group in Enumerable.Range(0, batch.Count).GroupBy(place => batch[place].Found))
        {
            int[] places = [.. group];
            var rows = Array.ConvertAll(places, place => batch[place].Row);
            var picked = group.Key.Picked;
            if (picked is null)
            {
                picked = await group.Key.Slice.PickAsync(rows, column => IsWanted(question, column), cancellationToken);
                rows = [.. Enumerable.Range(0, rows.Length)];
            }
            if (question.Kinds != HistoryKinds.Updates && (question.Kinds == HistoryKinds.Events || batch[places[0]].Source == 0))
            {
                var columns = await ColumnsOfAsync(picked, cancellationToken);
                for (var i = 0; i < places.Length; i++) entries[places[i]] = new(batch[places[i]].Place, new EventRow(columns, rows[i]), null);
            }
            else
            {
                var changes = await ProfileChange.ReadAsync(picked, rows, cancellationToken);
                for (var i = 0; i < places.Length; i++) entries[places[i]] = new(batch[places[i]].Place, null, changes[i]);
            }
        }
        return entries;
    }

    static bool IsWanted(HistoryQuestion question, string column) => IsShown(column) && question.IsColumnWanted?.Invoke(column) != false;

    /// <summary>Not a row's place, its duplicate key, the time as sent, and whose it was when the file was written.</summary>
    static bool IsShown(string column) =>
        column is not (RowLayout.Seq or RowLayout.ItemIndex or RowLayout.DuplicateHigh or RowLayout.DuplicateLow or RowLayout.SentTime or LakeSchema.Person);

    async ValueTask<RowColumns> ColumnsOfAsync(RowFile picked, CancellationToken cancellationToken)
    {
        var pool = new TextPool();
        var persons = new int[picked.RowCount];
        Array.Fill(persons, pool.Intern(one.Person));
        // What is picked is asked for once: nothing is kept of it.
        return await RowColumns.ReadAsync(StoredEvents.PartOf(picked), new(pool, persons), new ProjectColumns(new ColumnCache(0)), one.People, count, cancellationToken);
    }
}

/// <summary>Which entries are asked for, and in which order.</summary>
/// <param name="After">Only those behind this place in the order; null: from the beginning.</param>
/// <param name="Skip">Entries passed over first.</param>
/// <param name="Limit">Entries at most.</param>
/// <param name="IsColumnWanted">Which columns of rows will be asked for, by their names in <see cref="RowLayout"/>; null: all.</param>
/// <param name="Filter">Which entries count; null: all.</param>
public sealed record HistoryQuestion(
    bool NewestFirst, HistoryKinds Kinds = HistoryKinds.Everything, HistoryPlace? After = null, long Skip = 0, long Limit = long.MaxValue, Func<string, bool>? IsColumnWanted = null,
    HistoryFilter? Filter = null);

/// <summary>What a history is made of.</summary>
public enum HistoryKinds
{
    Everything,
    Events,
    Updates,
}

/// <summary>An event, or a change of the profile.</summary>
/// <param name="Event">Null for a change.</param>
/// <param name="Change">Null for an event.</param>
public sealed record HistoryEntry(HistoryPlace Place, EventRow? Event, ProfileChange? Change);
