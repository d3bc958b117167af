namespace Cairn.Storage.Profiles;

/// <summary>Names a group by one text: its type, a line feed, its id. Lines are no part of a type, so no two groups share one.</summary>
public static class GroupKey
{
    const char Separator = '\n';

    public static string Of(string type, string id) => $"{type.Replace(Separator, ' ')}{Separator}{id}";

    /// <summary>The type and id of a key.</summary>
    public static (string Type, string Id) Read(string key)
    {
        var at = key.IndexOf(Separator, StringComparison.Ordinal);
        return (key[..at], key[(at + 1)..]);
    }
}
