using Cairn.Model;
using Cairn.Storage.Rows;

namespace Cairn.Query.Scanning;

/// <summary>The dialect of each row of a part. A row that says none is Mixpanel's.</summary>
sealed class RowDialects
{
    readonly CodeArray? codes;
    readonly Dialect[] byStored;

    RowDialects(CodeArray? codes, Dialect[] byStored)
    {
        (this.codes, this.byStored) = (codes, byStored);
        if (codes is null || byStored.Distinct().Count() == 1) Only = byStored[0];
        else Only = OnlyOf(codes, byStored);
    }

    /// <summary>The dialect of all rows; null where they have several.</summary>
    public Dialect? Only { get; }

    public Dialect this[int row] => Only ?? byStored[codes![row] + 1];

    public bool Has(Dialect dialect) => Only is { } only ? only == dialect : byStored.Contains(dialect);

    public static async ValueTask<RowDialects> ReadAsync(ProjectColumns columns, IEventPart part, ReadCount count, CancellationToken cancellationToken)
    {
        if (await columns.TextAsync(part, RowLayout.DialectName, count, cancellationToken) is not { } names) return new(null, [Dialect.Mixpanel]);
        var byStored = new Dialect[names.Pool.Count + 1];
        byStored[0] = Dialect.Mixpanel;
        for (var code = 0; code + 1 < byStored.Length; code++)
            byStored[code + 1] = names.Pool[code] switch { "amplitude" => Dialect.Amplitude, "segment" => Dialect.Segment, _ => Dialect.Mixpanel };
        return new(names.Codes, byStored);
    }

    static Dialect? OnlyOf(CodeArray codes, Dialect[] byStored)
    {
        for (var row = 1; row < codes.Length; row++)
            if (byStored[codes[row] + 1] != byStored[codes[0] + 1]) return null;
        return codes.Length == 0 ? Dialect.Mixpanel : byStored[codes[0] + 1];
    }
}
