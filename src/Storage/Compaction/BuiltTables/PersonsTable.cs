using System.Text;
using Cairn.Model.Identity;
using Cairn.Storage.Delta;
using Cairn.Storage.Identity;
using Cairn.Storage.Lake;
using Cairn.Storage.Parquet;
using Cairn.Storage.Profiles;
using Cairn.Storage.Recent;
using Cairn.Storage.Rows;

namespace Cairn.Storage.Compaction.BuiltTables;

/// <summary>Makes <c>persons</c>: for every id that an event, a claim or a profile names, whose it is by the links known at <c>as_of</c>, and when events named it.</summary>
/// <remarks>
/// <code>
/// id          as events have it in distinct_id; a device carries "$device:"
/// person      the canonical id; the id itself where it is linked to none
/// first_seen  time of its first event; null where there is none
/// last_seen   time of its last event
/// as_of       when the table was made
/// </code>
/// </remarks>
sealed class PersonsTable(IRowSnapshots rows)
{
    /// <summary>Rows of events for each share of the ids: at ten events an id some four million ids are in memory at once.</summary>
    const long EventsPerShare = 40_000_000;

    const string Id = "id", Person = LakeSchema.Person, FirstSeen = "first_seen", LastSeen = "last_seen", AsOf = "as_of";

    public static DeltaSchema First => DeltaSchema.Of(
        new(Id, DeltaType.String, false), new(Person, DeltaType.String, false), new(FirstSeen, DeltaType.Timestamp), new(LastSeen, DeltaType.Timestamp), new(AsOf, DeltaType.Timestamp, false));

    readonly TextColumnBuilder ids = new(Id), persons = new(Person);
    readonly Int64ColumnBuilder firsts = new(ParquetColumn.Timestamp(FirstSeen)), lasts = new(ParquetColumn.Timestamp(LastSeen)), asOfs = new(ParquetColumn.Timestamp(AsOf));

    /// <summary>Makes the table anew.</summary>
    /// <returns>False where somebody else has made it meanwhile.</returns>
    public async Task<bool> MakeAsync(BuiltTable table, string projectId, PersonMap links, IProfileMap profiles, DateTimeOffset asOf, CancellationToken cancellationToken)
    {
        await table.BeginAsync(First, cancellationToken);
        var events = await rows.OpenAsync(projectId, RowLayout.Events, cancellationToken);
        var claims = await rows.OpenAsync(projectId, RowLayout.Identities, cancellationToken);
        var shares = (int)Math.Min(4096, 1 + (events.RowCount / EventsPerShare));
        var built = new BuiltRows([ids, persons, firsts, lasts, asOfs]);
        for (var share = 0; share < shares; share++)
        {
            var seen = new SeenIdTimes(shares, share);
            foreach (var file in events.Files) await seen.AddAsync(file, cancellationToken);
            foreach (var file in claims.Files)
                foreach (var claim in await ClaimRows.ReadAsync(file, [.. Enumerable.Range(0, file.RowCount).Where(row => file.Live[row])], cancellationToken))
                {
                    seen.Add(claim.Id);
                    seen.Add(claim.OtherId);
                }
            foreach (var person in profiles.Persons) seen.Add(person);
            foreach (var (id, (firstMs, lastMs)) in seen.Times.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            {
                ids.Add(built.Row, Encoding.UTF8.GetBytes(id));
                persons.Add(built.Row, Encoding.UTF8.GetBytes(links.PersonOf(id)));
                if (firstMs <= lastMs) firsts.Add(built.Row, firstMs);
                if (firstMs <= lastMs) lasts.Add(built.Row, lastMs);
                asOfs.Add(built.Row, asOf.ToUnixTimeMilliseconds());
                built.End(default, default);
                if (built.Row == ProfilesTable.MaxRowsPerFile) await table.AddAsync(built, cancellationToken);
            }
        }
        await table.AddAsync(built, cancellationToken);
        return await table.EndAsync(cancellationToken);
    }
}
