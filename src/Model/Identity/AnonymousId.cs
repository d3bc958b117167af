namespace Cairn.Model.Identity;

/// <summary>Which ids stand for nobody known yet.</summary>
/// <remarks>
/// Source: Mixpanel docs, "Identifying users (original)": the anonymous id must be a UUID v4. Their older browser
/// libraries made five groups of hexadecimal digits of other lengths; both are taken for UUIDs here.
/// </remarks>
public static class AnonymousId
{
    /// <summary>What every id of a device begins with, whatever the dialect.</summary>
    public const string DevicePrefix = "$device:";

    const int UuidGroups = 5;

    /// <summary>Whether an id is a device's.</summary>
    public static bool IsDevice(ReadOnlySpan<char> id) => id.StartsWith(DevicePrefix, StringComparison.Ordinal);

    /// <summary>Whether an id, its device prefix aside, is five groups of hexadecimal digits.</summary>
    public static bool IsUuid(ReadOnlySpan<char> id)
    {
        if (IsDevice(id)) id = id[DevicePrefix.Length..];
        var groups = 1;
        var digits = 0;
        foreach (var c in id)
        {
            if (char.IsAsciiHexDigit(c))
            {
                digits++;
            }
            else if (c == '-' && digits > 0)
            {
                groups++;
                digits = 0;
            }
            else
            {
                return false;
            }
        }
        return groups == UuidGroups && digits > 0;
    }

    /// <summary>Whether the id's form alone says that it names somebody: neither a device nor a UUID.</summary>
    public static bool NamesSomebody(ReadOnlySpan<char> id) => !IsDevice(id) && !IsUuid(id);
}
