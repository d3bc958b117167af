namespace Cairn.Support;

/// <summary>The checkout that the tests were built from.</summary>
public static class RepositoryFolder
{
    /// <summary>The folder that holds Functions.sln.</summary>
    public static string Path { get; } = Find();

    /// <summary>A file or folder below it.</summary>
    public static string Of(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "Functions.sln"))) return folder.FullName;
        throw new InvalidOperationException($"no Functions.sln above {AppContext.BaseDirectory}");
    }
}
