using System.Security.Cryptography;

namespace Cairn.Storage.Lookup;

/// <summary>A row as it was read: what it holds of one id, and which version it is.</summary>
/// <param name="Content">The row's own bytes; what they mean is its owner's.</param>
/// <param name="ETag">Its version; null where there is no row yet.</param>
/// <param name="BlobName">Where the content lies when it is too large for a row; null where it isn't.</param>
public sealed record LookupRow(string Id, ReadOnlyMemory<byte> Content, string? ETag, string? BlobName)
{
    /// <summary>Nothing is there yet.</summary>
    public static LookupRow None(string id) => new(id, default, null, null);
}

/// <summary>Lays a row's content out in the values of a table row.</summary>
/// <remarks>
/// <code>
/// id            the id, its first <see cref="MaxIdChars"/> characters
/// p0, p1, …     the content in pieces of at most <see cref="MaxPieceBytes"/>, in order
/// blob          instead of pieces: the name of the blob that holds a content past <see cref="MaxRowContentBytes"/>
/// </code>
/// </remarks>
static class LookupRowLayout
{
    /// <summary>Below Azure's 64 KiB for one value.</summary>
    public const int MaxPieceBytes = 60 * 1024;

    /// <summary>Below Azure's 1 MiB for one row, with room for the id and names.</summary>
    public const int MaxRowContentBytes = 900 * 1024;

    /// <summary>An id is found by its key; the text is for who looks at the table, and stays far below 64 KiB.</summary>
    const int MaxIdChars = 8_000;

    const string IdName = "id", BlobProperty = "blob", PiecePrefix = "p";

    /// <summary>The blob that a content too large for a row goes to: named by what it holds, so that writing it twice does no harm.</summary>
    public static string? BlobNameFor(string table, LookupKey key, ReadOnlySpan<byte> content) => content.Length <= MaxRowContentBytes
        ? null
        : $"lookup/{table}/{key.PartitionKey}/{key.RowKey}-{Convert.ToHexStringLower(SHA256.HashData(content)[..8])}";

    public static Dictionary<string, object> Values(string id, ReadOnlyMemory<byte> content, string? blobName)
    {
        var values = new Dictionary<string, object>(StringComparer.Ordinal) { [IdName] = id.Length <= MaxIdChars ? id : id[..MaxIdChars] };
        if (blobName is not null)
        {
            values[BlobProperty] = blobName;
            return values;
        }
        for (var piece = 0; piece * MaxPieceBytes < content.Length; piece++)
            values[PieceName(piece)] = content.Slice(piece * MaxPieceBytes, Math.Min(MaxPieceBytes, content.Length - (piece * MaxPieceBytes))).ToArray();
        return values;
    }

    public static string? BlobName(TableRow row) => row.Values.TryGetValue(BlobProperty, out var name) ? (string)name : null;

    public static byte[] Content(TableRow row)
    {
        var pieces = new List<byte[]>();
        while (row.Values.TryGetValue(PieceName(pieces.Count), out var piece)) pieces.Add((byte[])piece);
        return pieces is [var only] ? only : [.. pieces.SelectMany(piece => piece)];
    }

    static string PieceName(int piece) => PiecePrefix + piece.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
