namespace Cairn.Support;

/// <summary>A folder of one test, gone when it ends.</summary>
public sealed class TemporaryFolder : IDisposable
{
    /// <summary>Its full path; it exists.</summary>
    public string FullPath { get; } = Directory.CreateTempSubdirectory("cairn-test-").FullName;

    /// <summary>A path in it.</summary>
    public string this[string name] => Path.Combine(FullPath, name);

    public void Dispose() => Directory.Delete(FullPath, recursive: true);
}
