namespace Cairn.Ingestion.Json;

/// <summary>Lengths as vendors count them.</summary>
static class Utf8Length
{
    /// <summary>Characters of a text; a pair of surrogates counts once.</summary>
    public static int CountChars(ReadOnlySpan<byte> utf8)
    {
        var count = 0;
        foreach (var one in utf8)
            if ((one & 0xC0) != 0x80) count++;
        return count;
    }
}
