using System.Diagnostics;

namespace Cairn.Support;

/// <summary>
/// The pinned npm packages that tests use (tests/Support/node): the judging engines, the storage emulator, the vendors' SDKs.
/// Installed once with <c>npm ci</c> where missing or older than the lock file, one process at a time.
/// </summary>
public static class NpmFolder
{
    /// <summary>How long an installation may take, and how long another process waits for it.</summary>
    static readonly TimeSpan InstallLimit = TimeSpan.FromMinutes(10);

    static readonly Lazy<string> Installed = new(Install, LazyThreadSafetyMode.ExecutionAndPublication);

    /// <summary>Full path of the folder, its packages installed.</summary>
    /// <exception cref="InvalidOperationException">Node or npm is missing or failed; the message has the line to type.</exception>
    public static string Path => Installed.Value;

    /// <summary>Full path of a file below it, packages installed: a script, or a package's own program.</summary>
    public static string Of(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    static string Install()
    {
        var folder = RepositoryFolder.Of("tests", "Support", "node");
        if (IsFresh(folder)) return folder;
        using var turn = WaitForTurn(System.IO.Path.Combine(folder, ".installing"));
        if (IsFresh(folder)) return folder;
        Run(folder, "npm", "ci", "--no-audit", "--no-fund", "--loglevel=error");
        File.SetLastWriteTimeUtc(Stamp(folder), DateTime.UtcNow);
        return folder;
    }

    /// <summary>npm's own record of what it installed; test.sh goes by the same rule.</summary>
    static string Stamp(string folder) => System.IO.Path.Combine(folder, "node_modules", ".package-lock.json");

    static bool IsFresh(string folder) =>
        File.Exists(Stamp(folder))
        && File.GetLastWriteTimeUtc(Stamp(folder)) > File.GetLastWriteTimeUtc(System.IO.Path.Combine(folder, "package-lock.json"));

    static FileStream WaitForTurn(string lockFile)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return new FileStream(lockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
            }
            catch (Exception heldByAnother) when (heldByAnother is IOException or UnauthorizedAccessException && waited.Elapsed < InstallLimit)
            {
                Thread.Sleep(200);
            }
        }
    }

    static void Run(string folder, string program, params string[] arguments)
    {
        var line = $"(cd {folder} && {program} {string.Join(' ', arguments)})";
        using var process = NodeTool.Start(program, arguments, folder);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var faults = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(InstallLimit))
        {
            process.Kill(entireProcessTree: true);
            throw new InvalidOperationException($"npm took longer than {InstallLimit}. Type: {line}");
        }
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"npm failed with {process.ExitCode}. Type: {line}\n{output.Result}\n{faults.Result}");
    }
}
