using System.Text;

namespace Cairn.Functions;

/// <summary>The console with a last line that is drawn over itself: what others write in the meantime, log lines above all, stands above it, each whole.</summary>
sealed class ProgressLine(TextWriter console) : TextWriter
{
    /// <summary>Back to the start of the line, and away with what stands there (ECMA-48, EL).</summary>
    const string Erase = "\r\u001b[K";

    readonly Lock gate = new();
    string drawn = "";
    bool isWhole = true;

    /// <summary>Puts itself between the console and everybody who writes to it from now on; a logger looks for its console once, when it is made.</summary>
    public static ProgressLine TakeConsole()
    {
        var line = new ProgressLine(Console.Out);
        Console.SetOut(line);
        return line;
    }

    public override Encoding Encoding => console.Encoding;

    /// <summary>Draws the line, or draws it anew.</summary>
    /// <param name="text">Narrower than a terminal: of 79 columns at most.</param>
    public void Draw(string text)
    {
        lock (gate)
        {
            console.Write(Erase + text);
            console.Flush();
            drawn = text;
        }
    }

    /// <summary>Leaves what is drawn and goes on below it.</summary>
    public void End()
    {
        lock (gate)
        {
            if (drawn.Length > 0) console.WriteLine();
            drawn = "";
        }
    }

    public override void Write(char value) => Write(value.ToString());

    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    public override void Write(string? value)
    {
        if (string.IsNullOrEmpty(value)) return;
        lock (gate)
        {
            if (drawn.Length == 0)
            {
                console.Write(value);
                return;
            }
            if (isWhole) console.Write(Erase);
            console.Write(value);
            isWhole = value[^1] == '\n';
            // A line that is not at its end yet goes on before the drawn one comes back.
            if (isWhole) console.Write(drawn);
        }
    }

    public override void Flush() => console.Flush();
}
