namespace Cairn.Support;

/// <summary>The distribution's browser.</summary>
public static class Chromium
{
    static readonly string[] Places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    /// <summary>Where it is: the environment's CHROMIUM, or a usual place.</summary>
    /// <exception cref="FileNotFoundException">There is none; the message has the line to type.</exception>
    public static string Path =>
        Environment.GetEnvironmentVariable("CHROMIUM") is { Length: > 0 } named ? named
        : Places.FirstOrDefault(File.Exists)
        ?? throw new FileNotFoundException("Chromium is missing. Type: sudo apt-get install chromium   (or set CHROMIUM=/path/to/chrome)");
}
