using System.Runtime.InteropServices;
using Cairn.Model;

namespace Cairn.Storage.Rows;

/// <summary>
/// Which rows of one project and kind a reader that keeps what it read has taken in, and what has changed since: rows that came, and rows that count no more, for
/// they turned out to be duplicates of others.
/// </summary>
/// <remarks>
/// A row is known by its item id, whichever file it lies in: one that moved into the lake, or there from file to file, is no news, and of its new file nothing is read but
/// ids and receipts. Not thread-safe.
/// </remarks>
public sealed class FollowedRows
{
    /// <summary>Times a snapshot is opened anew because one of its files went away meanwhile.</summary>
    const int MaxAttempts = 5;

    readonly Dictionary<string, Taken> taken = new(StringComparer.Ordinal);

    /// <summary>The rows that were taken in, and the number of the file that each lies in.</summary>
    readonly Dictionary<ItemId, Home> homes = [];
    int lastNumber;

    /// <summary>Whether a call ended halfway, so that every file is looked at again.</summary>
    bool isUnsure;

    /// <summary>Of the snapshot that was followed last: how many requests for erasure it heeds; null before the first.</summary>
    public int? ErasureRequests { get; private set; }

    /// <summary>Brings every change since the last call to <paramref name="takeIn"/>, file by file.</summary>
    /// <param name="takeIn">Reads all columns it needs before it keeps anything: a file that goes away meanwhile is left out, and asked for anew.</param>
    public async Task FollowAsync(
        IRowSnapshots rows, string projectId, string kind, Func<RowChange, CancellationToken, ValueTask> takeIn, CancellationToken cancellationToken)
    {
        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            var snapshot = await rows.OpenAsync(projectId, kind, cancellationToken);
            try
            {
                await FollowAsync(snapshot, takeIn, cancellationToken);
                ErasureRequests = snapshot.ErasureRequests;
                return;
            }
            catch (RowFileGoneException)
            {
                // Compaction took it away; a snapshot opened now does without it.
            }
        }
        throw new StorageUnavailableException($"files of {projectId}/{kind} go away faster than they can be read");
    }

    async Task FollowAsync(RowSnapshot snapshot, Func<RowChange, CancellationToken, ValueTask> takeIn, CancellationToken cancellationToken)
    {
        var changes = new List<Change>();
        foreach (var file in snapshot.Files.Where(HasChanged)) changes.Add(await ReadAsync(file, cancellationToken));
        var vanished = taken.Count + changes.Count(change => change.Before is null) > snapshot.Files.Count;
        if (changes.Count == 0 && !vanished) return;
        isUnsure = true;
        // First what goes, then what comes: of two copies, one may take the other's place.
        await TakeGoneAsync(changes, takeIn, cancellationToken);
        foreach (var change in changes) await TakeAddedAsync(change, takeIn, cancellationToken);
        if (vanished) await ForgetAsync(snapshot, takeIn, cancellationToken);
        isUnsure = false;
    }

    bool HasChanged(RowFile file)
    {
        var known = taken.GetValueOrDefault(file.Name)?.Live;
        return isUnsure || (!ReferenceEquals(known, file.Live) && known?.Words.SequenceEqual(file.Live.Words) != true);
    }

    async ValueTask<Change> ReadAsync(RowFile file, CancellationToken cancellationToken)
    {
        var before = taken.GetValueOrDefault(file.Name);
        var gone = before is null ? [] : Rows(before.Live, file.Live);
        var came = Rows(file.Live, isUnsure ? null : before?.Live);
        return new(file, before, gone, came, gone.Count + came.Count == 0 ? null : await RowOrders.ReadAsync(file, cancellationToken));
    }

    async ValueTask TakeGoneAsync(List<Change> changes, Func<RowChange, CancellationToken, ValueTask> takeIn, CancellationToken cancellationToken)
    {
        if (changes.All(change => change.Gone.Count == 0)) return;
        var moved = changes.SelectMany(change => change.Came.Select(row => change.Orders![row].Item)).ToHashSet();
        foreach (var change in changes)
        {
            var gone = change.Gone.Where(row => !moved.Contains(change.Orders![row].Item) && homes.ContainsKey(change.Orders[row].Item)).ToList();
            if (gone.Count == 0) continue;
            await takeIn(new(change.File, [], gone, []), cancellationToken);
            foreach (var row in gone) homes.Remove(change.Orders![row].Item);
        }
    }

    async ValueTask TakeAddedAsync(Change change, Func<RowChange, CancellationToken, ValueTask> takeIn, CancellationToken cancellationToken)
    {
        var added = change.Came.Where(row => !homes.ContainsKey(change.Orders![row].Item)).ToList();
        if (added.Count > 0) await takeIn(new(change.File, added, [], []), cancellationToken);
        var number = change.Before?.Number ?? ++lastNumber;
        foreach (var row in change.Came)
        {
            var order = change.Orders![row];
            CollectionsMarshal.GetValueRefOrAddDefault(homes, order.Item, out _) = new(order.ReceivedAtMs, number);
        }
        taken[change.File.Name] = new(number, change.File.Live);
    }

    /// <summary>Rows of files that are gone live on in others, or turned out to be duplicates when they moved.</summary>
    async ValueTask ForgetAsync(RowSnapshot snapshot, Func<RowChange, CancellationToken, ValueTask> takeIn, CancellationToken cancellationToken)
    {
        var there = snapshot.Files.Select(file => file.Name).ToHashSet(StringComparer.Ordinal);
        var gone = taken.Where(file => !there.Contains(file.Key)).ToList();
        var numbers = gone.Select(file => file.Value.Number).ToHashSet();
        var lost = homes.Where(home => numbers.Contains(home.Value.File)).Select(home => new ReceiptOrder(home.Value.ReceivedAtMs, home.Key)).ToList();
        if (lost.Count > 0) await takeIn(new(null, [], [], lost), cancellationToken);
        foreach (var order in lost) homes.Remove(order.Item);
        foreach (var (name, _) in gone) taken.Remove(name);
    }

    /// <summary>The rows of <paramref name="set"/> that are not in <paramref name="without"/>.</summary>
    static List<int> Rows(RowSet set, RowSet? without)
    {
        var rows = new List<int>();
        for (var row = 0; row < set.RowCount; row++)
            if (set[row] && without?[row] != true) rows.Add(row);
        return rows;
    }

    sealed record Taken(int Number, RowSet Live);

    /// <param name="Came">Live now and not before; moved ones included.</param>
    /// <param name="Orders">Null where nothing came or went.</param>
    sealed record Change(RowFile File, Taken? Before, List<int> Gone, List<int> Came, RowOrders? Orders);

    [StructLayout(LayoutKind.Auto)]
    readonly record struct Home(long ReceivedAtMs, int File);
}

/// <summary>Rows of one file that a reader has to take in, and rows that count no more.</summary>
/// <param name="File">Null where only <paramref name="Lost"/> says something.</param>
/// <param name="Added">Rows of the file.</param>
/// <param name="Gone">Rows of the file.</param>
/// <param name="Lost">Rows that count no more and whose file is gone, by their places in the fold.</param>
public sealed record RowChange(RowFile? File, IReadOnlyList<int> Added, IReadOnlyList<int> Gone, IReadOnlyList<ReceiptOrder> Lost);
