using Cairn.Model.Identity;
using Cairn.Query.Scanning;

namespace Cairn.Query.Journeys;

/// <summary>The unit that a report counts: whose rows are laid out together.</summary>
abstract class RowOwners
{
    /// <summary>Their ids, by code. Only grows.</summary>
    public abstract TextPool Pool { get; }

    /// <summary>Which owners' rows are others' now; null where that is not known.</summary>
    /// <param name="older">Of the same project and unit, as it was.</param>
    public abstract PersonMoves? MovesSince(RowOwners older);

    /// <summary>Whether every row is the same owners' as it was.</summary>
    public abstract bool IsSameAs(RowOwners older);

    /// <summary>Whose all rows of a part are.</summary>
    public abstract ValueTask<PartOwners> ReadAsync(IEventPart part, ReadCount count, CancellationToken cancellationToken);

    /// <summary>Whose some rows of owners are that were split.</summary>
    public abstract ValueTask<int[]> ResolveAsync(IEventPart part, int[] rows, ReadCount count, CancellationToken cancellationToken);

    /// <summary>The same for who lays a part's rows out share by share: found once for all shares, while the cache has room for it.</summary>
    public abstract ValueTask<PartOwners> ReadKeptAsync(IEventPart part, ReadCount count, CancellationToken cancellationToken);
}

/// <summary>Persons: by the ids that rows carry and the links between them.</summary>
sealed class PersonOwners(PersonResolver persons, ProjectColumns columns) : RowOwners
{
    public override TextPool Pool => persons.Pool;

    public override PersonMoves? MovesSince(RowOwners older) => persons.Map.MovesSince(((PersonOwners)older).Map);

    public override bool IsSameAs(RowOwners older) => persons.Map == ((PersonOwners)older).Map;

    PersonMap Map => persons.Map;

    public override async ValueTask<PartOwners> ReadAsync(IEventPart part, ReadCount count, CancellationToken cancellationToken)
    {
        var ids = await IdColumns.ReadAsync(columns, part, withReceipts: false, count, cancellationToken);
        // Sorted by the links of then: two senders who are one person since may stand the other way round.
        return new(null, persons.Resolve(ids, part.RowCount), part.IsSortedByPerson ? (first, second) => ids.KeyAt(first) == ids.KeyAt(second) : null);
    }

    public override async ValueTask<int[]> ResolveAsync(IEventPart part, int[] rows, ReadCount count, CancellationToken cancellationToken) =>
        persons.Resolve(await IdColumns.ReadAsync(columns, part, withReceipts: false, count, cancellationToken), rows);

    public override ValueTask<PartOwners> ReadKeptAsync(IEventPart part, ReadCount count, CancellationToken cancellationToken) => persons.KeepAsync(part, "owners", async () =>
    {
        var kept = (await ReadAsync(new OnceRead(part), count, CancellationToken.None)).Kept();
        return (kept, kept.MemoryBytes);
    }, cancellationToken);
}
