namespace Cairn.Query.Scanning;

/// <summary>A number for each event name, decided once per name: which of a report's conditions it may meet.</summary>
/// <remarks>One worker's own.</remarks>
sealed class NameTable(Func<string, uint> maskOf)
{
    uint[] masks = [0];

    /// <summary>Masks by a name's stored number (see <see cref="CodeArray"/>): what has no name gets 0. Long enough for every part read before the call.</summary>
    public ReadOnlySpan<uint> For(TextPool names)
    {
        var known = masks.Length;
        var count = names.Count;
        if (count + 1 <= known) return masks;
        Array.Resize(ref masks, count + 1);
        for (var code = known - 1; code < count; code++) masks[code + 1] = maskOf(names[code]);
        return masks;
    }
}
