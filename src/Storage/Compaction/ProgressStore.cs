using System.Globalization;
using System.Text.Json;
using Cairn.Storage.Compaction.BuiltTables;

namespace Cairn.Storage.Compaction;

/// <summary>Keeps each table's progress under <c>compaction/{project}/{table}.json</c>, and from what the tables of people were made.</summary>
public sealed class ProgressStore(IBlobStore blobs)
{
    /// <summary>docs/formats/compaction.md.</summary>
    const int FormatVersion = 1;

    static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true };

    /// <summary>What was kept last; <see cref="TableProgress.Fresh"/> where nothing was.</summary>
    public async Task<TableProgress> ReadAsync(string projectId, string table, CancellationToken cancellationToken) =>
        await ReadAsync<TableProgress>(NameOf(projectId, table), cancellationToken) ?? TableProgress.Fresh;

    /// <summary>Keeps it over whatever is there: of two that look after a table, each saw what is true.</summary>
    public Task WriteAsync(string projectId, string table, TableProgress progress, CancellationToken cancellationToken) =>
        WriteAsync(NameOf(projectId, table), progress, cancellationToken);

    /// <summary>From what the tables of people were made last.</summary>
    public async Task<PeopleProgress> ReadPeopleAsync(string projectId, CancellationToken cancellationToken) =>
        await ReadAsync<PeopleProgress>(NameOf(projectId, "people"), cancellationToken) ?? new(null, null);

    public Task WritePeopleAsync(string projectId, PeopleProgress progress, CancellationToken cancellationToken) =>
        WriteAsync(NameOf(projectId, "people"), progress, cancellationToken);

    /// <exception cref="RemakableFileException">It is torn or of another version: losing it costs ten minutes for which recent files stay longer.</exception>
    async Task<T?> ReadAsync<T>(string name, CancellationToken cancellationToken)
        where T : class
    {
        if (await blobs.ReadAsync(name, cancellationToken) is not { } blob) return null;
        Kept<T>? kept;
        try
        {
            kept = JsonSerializer.Deserialize<Kept<T>>(blob.Bytes.Span, Json);
        }
        catch (JsonException fault)
        {
            throw new RemakableFileException(name, $"is torn or altered: {fault.Message}", fault);
        }
        return kept is { Version: FormatVersion, Content: not null }
            ? kept.Content
            : throw new RemakableFileException(name, $"is of version {kept?.Version.ToString(CultureInfo.InvariantCulture) ?? "none"}, expected {FormatVersion}");
    }

    async Task WriteAsync<T>(string name, T content, CancellationToken cancellationToken)
        where T : class =>
        await blobs.PutAsync(name, JsonSerializer.SerializeToUtf8Bytes(new Kept<T>(FormatVersion, content), Json), PutCondition.None, cancellationToken);

    static string NameOf(string projectId, string table) => $"compaction/{projectId}/{table}.json";

    sealed record Kept<T>(int Version, T Content)
        where T : class;
}
