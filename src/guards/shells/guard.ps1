# Countersign's guard for PowerShell >= 7 on Linux and macOS, written anew by the extension: changes here are lost.
# NOT RUN YET: no PowerShell was at hand when it was written. Until it was, terminals with it count as not guarded.
# Nothing loads it by itself: PowerShell has no start file that an environment variable can name. With the user's
# consent their profile gets: if ($env:COUNTERSIGN_GATE) { . "$env:COUNTERSIGN_GATE/guard.ps1" }
#
# The host calls the function PSConsoleHostReadLine for each line and runs what that gives. Whatever key accepted a line,
# it passes here; what is given instead of a refused one does nothing and fails.

if ($function:PSConsoleHostReadLine -and -not $Global:__Countersign) {
  $Global:__Countersign = @{
    Gate = @DIRECTORY@
    Glances = -split '@GLANCE@'
    Path = $env:PATH
    Window = $env:COUNTERSIGN_WINDOW
    # PSReadLine, and who has put themselves between it and the host.
    Original = $function:PSConsoleHostReadLine
    Outer = $null
    Inside = $false
    Approved = $false
  }

  # Only looks: one program of the list, as it was found when the shell began, with plain arguments.
  function Global:__Countersign-Glance([string]$Text) {
    if ($Text -cnotmatch '\A[A-Za-z0-9_ ./,:@%+=-]{1,200}\z' -or $env:PATH -cne $__Countersign.Path) { return $false }
    $First = ($Text -split ' ')[0]
    if ($__Countersign.Glances -cnotcontains $First) { return $false }
    $Command = Get-Command -Name $First -ErrorAction Ignore | Select-Object -First 1
    if ($Command.CommandType -eq 'Alias') { $Command = $Command.ResolvedCommand }
    return $Command.CommandType -eq 'Application' -or ($Command.CommandType -eq 'Cmdlet' -and $Command.Source -like 'Microsoft.PowerShell.*')
  }

  # The functions and aliases of these names.
  function Global:__Countersign-Define([string[]]$Names) {
    foreach ($Name in $Names) {
      foreach ($Command in @(Get-Command -Name $Name -CommandType Function, Alias -ErrorAction Ignore)) {
        if ($Command.CommandType -eq 'Alias') { "Set-Alias $Name '$($Command.Definition)'" }
        elseif ($Command.Source -notlike 'Microsoft.PowerShell.*') { "function $Name {`n$($Command.Definition)`n}" }
      }
    }
  }

  # True for a clean answer "run" in time.
  function Global:__Countersign-Quick([string[]]$Fields, [bool]$Answered = $true) {
    $Client = [System.Net.Sockets.TcpClient]::new()
    try {
      $Entry = Join-Path $__Countersign.Gate '..' 'windows' "$(Split-Path -Leaf $__Countersign.Window).quick"
      $Port, $Token = [System.IO.File]::ReadAllText($Entry).Trim() -split ' '
      $Client.Connect('127.0.0.1', [int]$Port)
      $Stream = $Client.GetStream()
      $Stream.ReadTimeout = $Stream.WriteTimeout = 1000
      $Send = {
        $Bytes = [System.Text.Encoding]::UTF8.GetBytes((($args | ForEach-Object { "$_`0" }) -join ''))
        $Stream.Write($Bytes, 0, $Bytes.Length)
      }
      & $Send "countersign 1 $Token" @Fields
      if (-not $Answered) { return $true }
      $Reader = [System.IO.StreamReader]::new($Stream)
      foreach ($Round in 0..16) {
        $Answer = $Reader.ReadLine()
        if ($Answer -ceq 'run') { return $true }
        elseif ($Answer -clike 'say *') { [Console]::Error.WriteLine("Countersign: $($Answer.Substring(4))") }
        elseif ($Answer -clike 'define *') { & $Send 'definitions' ((__Countersign-Define -Names ($Answer.Substring(7) -split ' ')) -join "`n") }
        else { return $false }
      }
      return $false
    }
    catch { return $false }
    finally { $Client.Dispose() }
  }

  # Whether a line may run. Everything that goes wrong in here means no.
  function Global:__Countersign-MayRun([string]$Text) {
    if ([string]::IsNullOrWhiteSpace($Text) -or (__Countersign-Glance $Text)) { return $true }
    if ($Text.Contains("`0")) { return $false }
    $Names = [regex]::Matches($Text, '[A-Za-z_][A-Za-z0-9_.:-]*').Value | Select-Object -Unique
    $Definitions = (__Countersign-Define -Names $Names) -join "`n"
    $Environment = (Get-ChildItem Env: | ForEach-Object { "export $($_.Name)='$($_.Value.Replace("'", "'\''"))'" }) -join "`n"
    if (__Countersign-Quick -Fields @('ask', 'line', 'pwsh', "$PID", "$($ExecutionContext.SessionState.Path.CurrentFileSystemLocation.ProviderPath)", $Text, $Definitions, $Environment)) { return $true }
    $Whole = if ($Definitions) { "$Definitions`n$Text" } else { $Text }
    # Through the pipe: older versions do not pass quotes in arguments on as they are.
    $Whole | & (Join-Path $__Countersign.Gate 'ask') line pwsh $PID - | Out-Host
    $__Countersign.Approved = $LASTEXITCODE -eq 86
    return $__Countersign.Approved
  }

  # What runs instead of a refused line: nothing, without success.
  function Global:__Countersign-Refused {
    [CmdletBinding()] param()
    $Global:LASTEXITCODE = 126
    $PSCmdlet.WriteError([System.Management.Automation.ErrorRecord]::new([System.OperationCanceledException]::new('Countersign: Nothing was run. The line is in the history.'), 'Refused', 'PermissionDenied', $null))
  }

  function Global:PSConsoleHostReadLine {
    # Called by what stands around us, which is called by us.
    if ($__Countersign.Inside) { return & $__Countersign.Original }
    $May = $false
    $Before = $Global:LASTEXITCODE
    try {
      if ($__Countersign.Approved) {
        $__Countersign.Approved = $false
        $null = __Countersign-Quick -Fields @('prompt', "$PID") -Answered $false
      }
      $Line = if ($__Countersign.Outer) {
        $__Countersign.Inside = $true
        try { & $__Countersign.Outer } finally { $__Countersign.Inside = $false }
      }
      else { & $__Countersign.Original }
      # VS Code's script comes later and puts itself around us. Then we go around it, and its marks come first.
      $Now = $function:PSConsoleHostReadLine
      if ("$Now" -cne "$($__Countersign.Self)") {
        $__Countersign.Outer = $Now
        Set-Item -Path function:Global:PSConsoleHostReadLine -Value $__Countersign.Self
      }
      $May = __Countersign-MayRun -Text "$Line"
    }
    catch { [Console]::Error.WriteLine("Countersign: $($_.Exception.Message) Nothing was run.") }
    finally { $Global:LASTEXITCODE = $Before }
    if ($May -eq $true) { return $Line }
    return '__Countersign-Refused'
  }
  $Global:__Countersign.Self = $function:PSConsoleHostReadLine
  $null = __Countersign-Quick -Fields @('hello', 'pwsh', "$PID") -Answered $false
}
