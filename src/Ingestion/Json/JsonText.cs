using System.Buffers;
using Cairn.Storage;

namespace Cairn.Ingestion.Json;

/// <summary>The text inside a JSON string token, unescaped only where it has to be.</summary>
/// <remarks>
/// Escapes are undone as <see cref="JsonEscapes"/> says: half an emoji becomes U+FFFD, where a strict reader would refuse the event.
/// </remarks>
public static class JsonText
{
    /// <summary>The text of a raw string token, quotes included; a slice of the token where nothing is escaped.</summary>
    /// <param name="token">A well-formed JSON string with its quotes, valid UTF-8.</param>
    /// <param name="scratch">Takes the unescaped copy where one is needed.</param>
    public static ReadOnlyMemory<byte> Of(ReadOnlyMemory<byte> token, ByteArena scratch)
    {
        var inner = token[1..^1];
        if (!inner.Span.Contains((byte)'\\')) return inner;
        var copy = scratch.Take(inner.Length);
        return copy[..Unescape(inner.Span, copy.Span)];
    }

    /// <summary>Whether the text of a raw string token is <paramref name="expected"/>.</summary>
    public static bool Equals(ReadOnlySpan<byte> token, ReadOnlySpan<byte> expected)
    {
        var inner = token[1..^1];
        if (!inner.Contains((byte)'\\')) return inner.SequenceEqual(expected);
        var copy = ArrayPool<byte>.Shared.Rent(inner.Length);
        var equal = copy.AsSpan(0, Unescape(inner, copy)).SequenceEqual(expected);
        ArrayPool<byte>.Shared.Return(copy);
        return equal;
    }

    /// <summary>Unescapes the inside of a JSON string; the result is never longer than the input.</summary>
    /// <returns>Bytes written.</returns>
    public static int Unescape(ReadOnlySpan<byte> escaped, Span<byte> utf8) => JsonEscapes.Undo(escaped, utf8);
}
