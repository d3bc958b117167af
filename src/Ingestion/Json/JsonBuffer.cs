using System.Buffers;

namespace Cairn.Ingestion.Json;

/// <summary>A pooled, growing buffer in which a translator composes JSON piece by piece; one serves a whole request.</summary>
public sealed class JsonBuffer : IDisposable
{
    byte[] bytes = ArrayPool<byte>.Shared.Rent(4096);
    int length;

    /// <summary>Begins anew.</summary>
    public void Clear() => length = 0;

    /// <summary>Appends bytes that are JSON already.</summary>
    public void Append(ReadOnlySpan<byte> json)
    {
        Reserve(json.Length);
        json.CopyTo(bytes.AsSpan(length));
        length += json.Length;
    }

    /// <summary>Appends one character.</summary>
    public void Append(char ascii)
    {
        Reserve(1);
        bytes[length++] = (byte)ascii;
    }

    /// <summary>Appends <c>,"name":value</c>, without the comma right after an opening bracket or brace.</summary>
    /// <param name="quotedName">With its quotes.</param>
    /// <param name="value">A JSON value.</param>
    public void AppendMember(ReadOnlySpan<byte> quotedName, ReadOnlySpan<byte> value)
    {
        AppendName(quotedName);
        Append(value);
    }

    /// <summary>Appends <c>,"name":</c>, without the comma right after an opening bracket or brace.</summary>
    public void AppendName(ReadOnlySpan<byte> quotedName)
    {
        AppendElement(quotedName);
        Append(':');
    }

    /// <summary>Appends <c>,value</c>, without the comma right after an opening bracket or brace.</summary>
    public void AppendElement(ReadOnlySpan<byte> value)
    {
        if (length > 0 && bytes[length - 1] is not ((byte)'{' or (byte)'[')) Append(',');
        Append(value);
    }

    /// <summary>A copy of what was composed, which lives as long as the arena.</summary>
    public ReadOnlyMemory<byte> Keep(ByteArena arena) => arena.Keep(bytes.AsSpan(0, length));

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(bytes);
        bytes = [];
        length = 0;
    }

    void Reserve(int more)
    {
        if (length + more <= bytes.Length) return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(bytes.Length * 2, length + more));
        bytes.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(bytes);
        bytes = larger;
    }
}
