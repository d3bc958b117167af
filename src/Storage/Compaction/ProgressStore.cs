using System.Globalization;
using System.Text.Json;

namespace Cairn.Storage.Compaction;

/// <summary>Keeps each table's progress under <c>compaction/{project}/{table}.json</c>.</summary>
public sealed class ProgressStore(IBlobStore blobs)
{
    /// <summary>docs/formats/compaction.md.</summary>
    const int FormatVersion = 1;

    static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>What was kept last; <see cref="TableProgress.Fresh"/> where nothing was.</summary>
    public async Task<TableProgress> ReadAsync(string projectId, string table, CancellationToken cancellationToken)
    {
        if (await blobs.ReadAsync(NameOf(projectId, table), cancellationToken) is not { } blob) return TableProgress.Fresh;
        var kept = JsonSerializer.Deserialize<Kept>(blob.Bytes.Span, Json);
        return kept is { Version: FormatVersion, Content: not null }
            ? kept.Content
            : throw new InvalidDataException($"'{NameOf(projectId, table)}' is of version {kept?.Version.ToString(CultureInfo.InvariantCulture) ?? "none"}, expected {FormatVersion}.");
    }

    /// <summary>Keeps it over whatever is there: of two that look after a table, each saw what is true.</summary>
    public Task WriteAsync(string projectId, string table, TableProgress progress, CancellationToken cancellationToken) =>
        blobs.PutAsync(NameOf(projectId, table), JsonSerializer.SerializeToUtf8Bytes(new Kept(FormatVersion, progress), Json), PutCondition.None, cancellationToken);

    static string NameOf(string projectId, string table) => $"compaction/{projectId}/{table}.json";

    sealed record Kept(int Version, TableProgress Content);
}
