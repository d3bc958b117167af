using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Cairn.Ingestion.Amplitude;

/// <summary>Which user and device ids Amplitude takes, and the device id it makes up where only a user is known.</summary>
/// <remarks>Source: Amplitude docs, "HTTP V2 API", "Device IDs and User IDs"; "Keys for the event argument", device_id.</remarks>
public static class AmplitudeIds
{
    static readonly byte[][] Reserved = [.. new[]
    {
        "anonymous", "nil", "none", "null", "n/a", "na", "undefined", "unknown",
        "00000000-0000-0000-0000-000000000000", "{}", "lmy47d", "0", "-1",
    }.Select(Encoding.UTF8.GetBytes)];

    /// <summary>Whether an id is one of those that stand for nobody, in any case.</summary>
    public static bool IsReserved(ReadOnlySpan<byte> utf8)
    {
        foreach (var reserved in Reserved)
            if (Ascii.EqualsIgnoreCase(utf8, reserved)) return true;
        return false;
    }

    /// <summary>
    /// The device id of events that carry none: the same text for the same user for ever, in the form of a UUID (version 8). It keeps
    /// such a user's insert ids apart from another's; it is no real device, so no link is claimed from it.
    /// </summary>
    public static ReadOnlyMemory<byte> DeviceOf(ReadOnlySpan<byte> utf8UserId, ByteArena scratch)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(utf8UserId, hash);
        hash[6] = (byte)(hash[6] & 0x0F | 0x80);
        hash[8] = (byte)(hash[8] & 0x3F | 0x80);
        var text = scratch.Take(36);
        Utf8Formatter.TryFormat(new Guid(hash[..16], bigEndian: true), text.Span, out _);
        return text;
    }
}
