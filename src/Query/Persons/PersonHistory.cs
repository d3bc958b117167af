using System.Diagnostics;
using Cairn.Model;
using Cairn.Query.Definitions;
using Cairn.Query.Scanning;
using Cairn.Storage.History;
using Cairn.Storage.Rows;

namespace Cairn.Query.Persons;

/// <summary>One person's events and profile updates under all their ids, of lake and recent rows, by reading the few row groups that may hold them.</summary>
/// <remarks>Meaning: docs/semantics/identity.md, "One person's history". Links that are younger than the files, undone ones and device timelines count as they do in reports.</remarks>
public sealed class PersonHistory(IEventSource events, IPersonSource persons)
{
    /// <summary>Some entries of the history of the person that an id belongs to, in memory.</summary>
    /// <param name="question">Its limit bounds what is held.</param>
    public Task<(OpenedHistory Opened, IReadOnlyList<HistoryEntry> Page)> ReadPageAsync(
        ReportProject project, string id, HistoryQuestion question, CancellationToken cancellationToken, bool withProfiles = false) => ReportReader.AgainWhereGoneAsync(async () =>
    {
        var opened = await OpenAsync(project, id, withProfiles, cancellationToken);
        var page = new List<HistoryEntry>();
        await foreach (var list in opened.ReadAsync(question, cancellationToken)) page.AddRange(list);
        return (opened, (IReadOnlyList<HistoryEntry>)page);
    });

    /// <summary>Opens the history of the person that an id belongs to.</summary>
    /// <param name="withProfiles">Whether what was known at each event will be asked.</param>
    /// <exception cref="Storage.StorageUnavailableException">The store is away.</exception>
    public Task<OpenedHistory> OpenAsync(ReportProject project, string id, bool withProfiles, CancellationToken cancellationToken)
    {
        var use = CacheUse.Begin();
        return ReportReader.AgainWhereGoneAsync(async () =>
        {
            var began = Stopwatch.GetTimestamp();
            // Rows first: links are stored before the events they came with, so every row is seen with its links.
            var snapshot = await events.OpenFilesAsync(project.Id, cancellationToken);
            var one = await persons.FindAsync(project, id, withProfiles, cancellationToken);
            var slices = new List<RowSlice>();
            foreach (var file in snapshot.Files) slices.AddRange(await RowSlice.OfAsync(file, one.Possible, cancellationToken));
            var map = one.People.Persons;
            var eventRows = new HistorySource(slices, one.Possible, seen => map.PersonOf(seen), seen => map.DependsOnReceipt(seen));
            var updateRows = new HistorySource(one.Updates.Slices, one.Updates.Possible, seen => PersonUpdates.PersonOf(map, seen), seen => map.HasTimelines && seen.Dialect == Dialect.Amplitude);
            return new OpenedHistory(one, eventRows, updateRows, snapshot.RowCount == 0 ? null : snapshot.ReceivedUpToMs, began, use);
        });
    }
}
