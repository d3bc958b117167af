using System.Text;
using Cairn.Behaviour.Storage.Compaction;
using Cairn.Model;
using Cairn.Model.Identity;
using Cairn.Query.Definitions;
using Cairn.Query.Persons;
using Cairn.Query.Rows;
using Cairn.Query.Scanning;
using Cairn.Storage.Identity;
using Cairn.Storage.Lake;
using Cairn.Storage.Profiles;
using Cairn.Storage.Rows;
using Cairn.Support.Profiles;
using Cairn.Support.Stores;
using NodaTime;
using Xunit;

namespace Cairn.Behaviour.Query.Persons;

/// <summary>A project whose rows lie partly in the lake, and its look-up rows; asked for one person at a time, and for all by reading everything.</summary>
sealed class HistoryWorld(LakeWorld lake, IdentityMode mode)
{
    readonly IdentityStore identities = new(new InMemoryTableStore(), new InMemoryBlobStore());
    readonly ReportProject project = new(LakeWorld.ProjectId, mode, DateTimeZone.Utc);

    /// <summary>Rows arrive, and their claims in look-up rows.</summary>
    public async Task ArriveAsync(int partition, IReadOnlyList<Item> items)
    {
        var claims = items.Where(item => item.Kind == ItemKind.LinkClaim).Select(item => new LinkClaim(new(item.ReceivedAtMs, item.Id), item.LinkRule, Text(item.DistinctId), Text(item.OtherId)));
        await identities.ApplyAsync(LakeWorld.ProjectId, claims, default);
        await lake.Stream.ArriveAsync(partition, items, perMessage: 2);
    }

    /// <summary>The look-up in a process that has read nothing yet.</summary>
    public PersonHistory NewHistory(IRowSnapshots rows) =>
        new(new StoredEvents(rows), new StoredPersons(new PersonLookup(identities, new PersonDirectory(rows)), rows, new ProfileDirectory(rows)));

    /// <summary>One page, an entry a line.</summary>
    public async Task<(string Person, List<string> Lines, HistoryPlace? Last, long RowsRead)> PageAsync(PersonHistory history, string id, HistoryQuestion question)
    {
        var (opened, page) = await history.ReadPageAsync(project, id, question, default, withProfiles: true);
        return (opened.Person, [.. page.Select(Line)], page.Count == 0 ? null : page[^1].Place, opened.Coverage.RowsRead);
    }

    /// <summary>Every entry of every person, by reading all rows and folding all claims and updates.</summary>
    public async Task<ILookup<string, (HistoryPlace Place, string Line)>> AllAsync()
    {
        var rows = lake.NewReader();
        var persons = await new PersonDirectory(rows).ReadAsync(LakeWorld.ProjectId, mode, default);
        var profiles = await new ProfileDirectory(rows).ReadAsync(LakeWorld.ProjectId, persons, default);
        var all = new List<(string Person, HistoryPlace Place, string Line)>();
        foreach (var file in (await rows.OpenAsync(LakeWorld.ProjectId, RowLayout.Events, default)).Files)
        {
            var (orders, times, names) = (await RowOrders.ReadAsync(file, default), (Int64Column)(await file.ReadAsync(RowLayout.Time, default))!, new RowTexts(await file.ReadTextAsync(RowLayout.Event, default)));
            var seen = await LakeWorld.IdsAsync(file);
            for (var (row, i) = (0, 0); row < file.RowCount; row++)
            {
                if (!file.Live[row]) continue;
                var place = new HistoryPlace(times.Values[row], orders[row]);
                all.Add((persons.PersonOf(seen[i]), place, $"{place.TimeMs} {place.Receipt.Item} {names[row]} by {persons.PersonOf(seen[i])} ({UpdateStory.Text(profiles.AsOf(seen[i]))}) now {UpdateStory.Text(profiles.Current(persons.PersonOf(seen[i])))}"));
                i++;
            }
        }
        foreach (var file in (await rows.OpenAsync(LakeWorld.ProjectId, RowLayout.ProfileUpdates, default)).Files)
        {
            int[] live = [.. Enumerable.Range(0, file.RowCount).Where(row => file.Live[row])];
            var times = (Int64Column)(await file.ReadAsync(RowLayout.Time, default))!;
            foreach (var ((id, update), row) in (await UpdateRows.ReadAsync(file, live, default)).Zip(live))
            {
                var key = persons.ProfileKeyOf(id);
                var person = persons.PersonOf(update.FollowsDevice ? persons.OwnerOf(key, update.Order, ReceiptOrder.Last) : key);
                all.Add((person, new(times.Values[row], update.Order), $"{times.Values[row]} {update.Order.Item} {Encoding.UTF8.GetString(update.Operations.Span)}"));
            }
        }
        return all.OrderBy(entry => entry.Place).ToLookup(entry => entry.Person, entry => (entry.Place, entry.Line));
    }

    static string Line(HistoryEntry entry)
    {
        if (entry.Change is { } change) return $"{change.TimeMs} {change.ItemId} {Encoding.UTF8.GetString(change.Operations.Span)}";
        EventRow row = entry.Event!.Value;
        Assert.Equal(entry.Place.TimeMs, row.TimeMs);
        return $"{row.TimeMs} {row.ItemId} {row.Name} by {row.Person} ({UpdateStory.Text(row.ProfileAtEvent)}) now {UpdateStory.Text(row.CurrentProfile)}";
    }

    static string Text(ReadOnlyMemory<byte> utf8) => Encoding.UTF8.GetString(utf8.Span);
}
