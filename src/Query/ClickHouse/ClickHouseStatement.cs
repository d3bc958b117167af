using Cairn.Query.Definitions;

namespace Cairn.Query.ClickHouse;

/// <summary>One question to ClickHouse.</summary>
/// <param name="Query">A statement that gives rows.</param>
/// <param name="Uploads">Tables sent along, which the statement names.</param>
/// <param name="LakeVersion">The version of the lake's table that it reads.</param>
sealed record ClickHouseStatement(Sql Query, IReadOnlyList<UploadedTable> Uploads, long LakeVersion)
{
    /// <summary>The statement as whoever asks how a report is answered may see it.</summary>
    public ExplainedStatement Explained()
    {
        var (text, values) = Query.Render();
        return new(text, values.ToDictionary(named => named.Key, named => named.Value.IsSecret ? "…" : named.Value.Text), [.. Uploads.Select(table => $"{table.Name} ({table.Structure})")], LakeVersion);
    }
}

/// <summary>A table that lives as long as the question it is sent with.</summary>
/// <param name="Name">As the statement calls it.</param>
/// <param name="Structure">Its columns, as ClickHouse's <c>create table</c> has them.</param>
/// <param name="Lines">Its rows, TabSeparated, without the ends of lines.</param>
sealed record UploadedTable(string Name, string Structure, IEnumerable<string> Lines);
