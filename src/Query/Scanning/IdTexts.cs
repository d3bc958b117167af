using Cairn.Storage.Rows;

namespace Cairn.Query.Scanning;

/// <summary>One of the ids that rows carry, as a part has it: in its own codes, or in the project's.</summary>
/// <remarks>Ids are as many as persons, so a part's are not given codes of the project only to find out whose its rows are.</remarks>
sealed class IdTexts
{
    readonly TextColumn? own;
    readonly PooledColumn? pooled;

    IdTexts(TextColumn? own, PooledColumn? pooled)
    {
        (this.own, this.pooled) = (own, pooled);
        EntryCount = own?.Dictionary.Count ?? pooled?.Pool.Count ?? 0;
    }

    public static async ValueTask<IdTexts> ReadAsync(ProjectColumns columns, IEventPart part, string column, ReadCount count, CancellationToken cancellationToken) => part is IPooledPart
        ? new(null, await columns.TextAsync(part, column, count, cancellationToken))
        : new(await ProjectColumns.ReadAsync<TextColumn>(part, column, count, cancellationToken), null);

    /// <summary>Codes run from 0 up to this; 0 where no row has this id.</summary>
    public int EntryCount { get; }

    /// <summary>A row's code; -1 where it has no such id.</summary>
    public int CodeAt(int row) => own is not null ? own.Codes[row] : pooled is not null ? pooled.Codes[row] : -1;

    public string? TextAt(int row) => CodeAt(row) is >= 0 and var code ? own is not null ? own.Dictionary.Text(code) : pooled!.Pool[code] : null;
}
