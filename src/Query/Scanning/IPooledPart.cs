namespace Cairn.Query.Scanning;

/// <summary>A part that is laid out in memory: its texts are in the project's codes, and its rows' persons are known.</summary>
interface IPooledPart : IEventPart
{
    /// <summary>A text column in the project's codes; null where there is none of this name.</summary>
    ValueTask<PooledColumn?> ReadTextAsync(string column, CancellationToken cancellationToken);

    /// <summary>Which person's each row is, whatever unit the rows are laid out by.</summary>
    ValueTask<PersonColumn> ReadPersonsAsync(PersonResolver persons, CancellationToken cancellationToken);
}
