namespace Cairn.Query.Scanning;

/// <summary>A text column of one part in the project's own codes.</summary>
/// <param name="Codes">For each row a code of <paramref name="Pool"/>; -1 where the row has none.</param>
public sealed record PooledColumn(TextPool Pool, CodeArray Codes)
{
    public string? TextAt(int row) => Codes[row] is >= 0 and var code ? Pool[code] : null;
}
