using System.Globalization;
using System.Text.Json;
using Cairn.Storage;

namespace Cairn.Projects.Aggregates;

/// <summary>Values kept as blobs of JSON: <c>{"version": 1, "content": {…}}</c>.</summary>
sealed class JsonBlobs(IBlobStore blobs)
{
    /// <summary>Of every kind of file here; docs/formats/aggregates.md.</summary>
    const int Version = 1;

    static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>The value and its version in the store; null where there is none.</summary>
    /// <exception cref="InvalidDataException">It is of another version of the format.</exception>
    public async Task<Versioned<T>?> ReadAsync<T>(string name, CancellationToken cancellationToken)
        where T : class
    {
        if (await blobs.ReadAsync(name, cancellationToken) is not { } blob) return null;
        var file = JsonSerializer.Deserialize<Kept<T>>(blob.Bytes.Span, Json);
        return file is { Version: Version, Content: not null }
            ? new Versioned<T>(file.Content, blob.ETag)
            : throw new InvalidDataException($"'{name}' is of version {file?.Version.ToString(CultureInfo.InvariantCulture) ?? "none"}, expected {Version}.");
    }

    /// <summary>Keeps a value over the version it was made from (null: where there is none).</summary>
    /// <returns>The new version; null where somebody else has changed it meanwhile.</returns>
    public Task<string?> PutAsync<T>(string name, T value, string? etag, CancellationToken cancellationToken)
        where T : class =>
        blobs.PutAsync(
            name,
            JsonSerializer.SerializeToUtf8Bytes(new Kept<T>(Version, value), Json),
            etag is null ? PutCondition.IfAbsent : PutCondition.IfVersion(etag),
            cancellationToken);

    /// <summary>Keeps a value, unless what is there is newer.</summary>
    public async Task PutNewerAsync<T>(string name, T value, Func<T, bool> isNewer, CancellationToken cancellationToken)
        where T : class
    {
        while (true)
        {
            var there = await ReadAsync<T>(name, cancellationToken);
            if (there is not null && isNewer(there.Value)) return;
            if (await PutAsync(name, value, there?.ETag, cancellationToken) is not null) return;
        }
    }

    sealed record Kept<T>(int Version, T Content)
        where T : class;
}

/// <summary>A kept value and the version it has in the store.</summary>
public sealed record Versioned<T>(T Value, string ETag);
